"""Payment providers: what each must be able to do, and those there are. No models in here."""
