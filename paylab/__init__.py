"""The payment laboratory: a process of its own that behaves like a gateway and takes no real money.

It knows nothing of the shop but its public key. docs/PAYLAB.md describes its protocol.
"""
