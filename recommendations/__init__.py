"""Neighbours from views, carts, purchases and content.

Empty until its issue is built; its place in the layers is fixed already.
"""
