"""The addresses of our own pages. What the URLconf gives a name is worked out once, for a list names the same again and again."""

import functools

from django.urls import reverse


@functools.lru_cache(maxsize=4096)
def address_of(name, *args):
    """`address_of("posts:tag", "oil")` → `/tag/oil/`."""
    return reverse(name, args=args)
