"""Settings, URLs, the two admin sites and the pages that bring the apps together."""
