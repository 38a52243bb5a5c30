"""Prove the books: statements about the data that are always true, each with a query for its exceptions.

One more statement is one more class in a module of its topic, and one planted fault in `tests/shop/faults`.
"""

from shop.audit import accounts, catalog, edits, mails, orders, payments, returns, stock
from shop.audit.invariants import INVARIANTS, Invariant
from shop.audit.runs import STATEMENT_SECONDS, Finding, run, snapshot

TOPICS = (stock, orders, edits, returns, payments, mails, catalog, accounts)

__all__ = ["INVARIANTS", "STATEMENT_SECONDS", "TOPICS", "Finding", "Invariant", "run", "snapshot"]
