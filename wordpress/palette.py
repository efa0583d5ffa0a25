"""Moving in and out, in “Find”."""

from django.urls import reverse

from informed_comment.palette import Hit, named


def deeds(request, typed):
    offered = [
        (
            "wordpress.add_move",
            "Move in",
            "admin:wordpress_move_add",
            "from WordPress, Ghost, Substack, Blogger: import",
        ),
    ]
    hits = [
        Hit("Deed", label, reverse(name), note)
        for may, label, name, note in offered
        if request.user.has_perm(may)
    ]
    return named(hits, typed) if typed else []
