"""Which system a file was exported from, and who reads it.

A reader is `read(path) -> Records`: the site, its authors and terms, then its items, as records.py has them, in
constant memory; what cannot be read at all raises WxrError, whatever else is amiss is a Problem in its place. It knows
no Django. All that comes after reading is one road for every system.
"""

from wordpress import wxr
from wordpress.reading.records import Records


def read(path) -> Records:
    """The records of the export at a path, whatever system made it."""
    return wxr.read(path)
