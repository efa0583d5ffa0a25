"""Authors in “Find”."""

from authors.models import Author
from informed_comment.palette import SHOWN, Hit, form_of, may_open


def authors(request, typed):
    """By any part of the name, those that begin so first."""
    if not typed or not may_open(request, Author):
        return []
    rows = Author.objects.filter(name__icontains=typed).only("name", "role")[: SHOWN * 4]
    begun = sorted(rows, key=lambda author: not author.name.lower().startswith(typed.lower()))
    return [Hit("Author", author.name, form_of(author), author.role) for author in begun[:SHOWN]]
