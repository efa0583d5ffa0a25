"""Standing pages among what the editor's link dialog finds."""

from pages.models import Page

MOST = 3


def found(typed):
    words = " ".join(typed.replace("\x00", " ").split())[:200]
    if len(words) < 2:
        return []
    return [
        {
            "title": str(page),
            "kind": "Page",
            "status": "",
            "date": "",
            "address": page.get_absolute_url(),
        }
        for page in Page.objects.published().filter(title__icontains=words).order_by("title")[:MOST]
    ]
