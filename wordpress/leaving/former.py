"""Old addresses of what goes out."""

from informed_comment.models import Redirect
from wordpress.leaving import names


def former_by_target(targets):
    """{today's path: the paths that lead to it}, for a batch."""
    found = {}
    rows = Redirect.objects.filter(target__in=targets).order_by("path")
    for path, target in rows.values_list("path", "target"):
        found.setdefault(target, []).append(path)
    return found


def older_slugs(post, old):
    """(slugs the post had under addresses of today's shape, the addresses of another shape)."""
    if not post.slug or not post.permalink or post.slug not in post.permalink:
        return [], old
    stem, _, end = post.permalink.rpartition(post.slug)
    slugs, others = [], []
    for path in old:
        slug = path[len(stem) : len(path) - len(end) if end else None]
        fits = path.startswith(stem) and path.endswith(end) and slug and "/" not in slug and "?" not in path
        (slugs if fits else others).append(slug if fits else path)
    return [names.slug(slug) for slug in slugs], others
