"""Services that people sign in with elsewhere: how each is asked, and what is taken from its answer."""
