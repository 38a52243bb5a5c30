"""Reviews by buyers, merchants' replies.

Empty until its issue is built; its place in the layers is fixed already.
"""
