"""Search documents, ranking, suggestions.

Empty until its issue is built; its place in the layers is fixed already.
"""
