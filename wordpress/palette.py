"""Moving in and out, in “Find”."""

from django.urls import reverse

from informed_comment.palette import Hit, named

OFFERED = (
    ("add_move", "Move in", "add", "import from WordPress, Ghost, Substack, Blogger"),
    ("export_site", "Take everything out", "leaving", "export, archive, WordPress"),
)


def deeds(request, typed):
    hits = [
        Hit("Deed", label, reverse(f"admin:wordpress_move_{name}"), note)
        for permission, label, name, note in OFFERED
        if request.user.has_perm(f"wordpress.{permission}")
    ]
    return named(hits, typed) if typed else []
