"""Tests of the measurements: a judge who never condemns proves nothing."""
