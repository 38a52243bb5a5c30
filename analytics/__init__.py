"""Operational figures, reports, exports; for now what audits of the books have found."""
