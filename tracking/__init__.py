"""Behaviour log: append-only, plain ids.

Empty until its issue is built; its place in the layers is fixed already.
"""
