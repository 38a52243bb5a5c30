"""Real PostgreSQL and Redis from wheels below var/, and the process manager behind `python3 run.py`."""
