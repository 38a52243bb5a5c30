"""Measurements: CPU per request, latency, bytes. They print figures and ratios; nothing here passes or fails."""
