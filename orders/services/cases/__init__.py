"""Return cases: asking, answering, goods on their way back, and what happens when somebody is silent."""
