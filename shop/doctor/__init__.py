"""Is this shop fit to run: settings, database, queue, mail, disk, clock, keys, books.

One more check is one more class in a module of its topic, and one test that makes it fail.
"""

from shop.doctor import books, database, keys, machine, queue, site
from shop.doctor.checks import CHECKS, Check, Level, Remark
from shop.doctor.examination import Report, examine

__all__ = [
    "CHECKS",
    "Check",
    "Level",
    "Remark",
    "Report",
    "books",
    "database",
    "examine",
    "keys",
    "machine",
    "queue",
    "site",
]
