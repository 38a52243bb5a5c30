"""Operational figures, reports, exports.

Empty until its issue is built; its place in the layers is fixed already.
"""
