"""`python3 run.py check`: everything that must be clean before a change lands."""
