"""Scenes, rendering and checking of the demonstration catalogue's pictures."""
