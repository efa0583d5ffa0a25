"""Ids in WordPress, where posts, pages, uploads and menu entries share one row of numbers, and terms another.

Ours are told apart by what is left over in a division, so that a thing has the same id in every export.
"""

POST, PAGE, IMAGE, DOCUMENT, LINK, AUTHOR = range(1, 7)
CATEGORY, TAG, BYLINE, MENU = range(1, 5)
_ITEMS, _TERMS = 8, 8


def item(kind, pk):
    return pk * _ITEMS + kind


def term(kind, pk):
    return pk * _TERMS + kind
