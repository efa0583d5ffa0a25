"""Which system a file was exported from, and who reads it.

A reader is `read(source) -> Records` of a path or of a binary file open for reading, which has a name: the site, its authors and terms, then its items, as records.py has them, in
constant memory; what cannot be read at all raises WxrError, whatever else is amiss is a Problem in its place. It knows
no Django. All that comes after reading is one road for every system.
"""

from wordpress import wxr
from wordpress.reading.records import Records


def read(source, place=None) -> Records:
    """The records of an export, whatever system made it.

    With a place, as one of its items told it (`item.place`), they begin with the site and that item. A reader whose items
    tell no place is never given one.
    """
    return wxr.read(source, place)
