"""Filing posts under categories, and keeping the branches true when the tree changes."""

from django.db import connection, transaction

from informed_comment import editions, jobs, redirects
from posts.models import Category, Filing

AT_ONCE = 500  # posts refiled while an editor waits; of more, the worker refiles the rest
BATCH = 500

# The branches a post ought to be in: all that lie above the categories it is filed under.
WANTED = """
SELECT DISTINCT direct.post_id, above.id AS category_id
FROM posts_filing AS direct JOIN posts_category AS own ON own.id = direct.category_id
JOIN posts_category AS above ON starts_with(own.path, above.path || '/')
WHERE direct.is_direct AND direct.post_id = ANY (%(posts)s)
"""
LEAVE = f"""
WITH wanted AS MATERIALIZED ({WANTED})
DELETE FROM posts_filing AS filing WHERE post_id = ANY (%(posts)s) AND NOT is_direct AND NOT EXISTS (
    SELECT FROM wanted WHERE wanted.post_id = filing.post_id AND wanted.category_id = filing.category_id
)
"""
JOIN = f"""
INSERT INTO posts_filing (post_id, category_id, is_direct)
SELECT post_id, category_id, false FROM ({WANTED}) AS wanted
ON CONFLICT (category_id, post_id) DO NOTHING
"""


@transaction.atomic
def file_under(post, categories):
    """Files the post under exactly these categories, first the one that labels it, and every branch above them."""
    categories = list(categories)
    direct = {category.pk for category in categories}
    branches = list(Category.objects.with_ancestors(categories).exclude(pk__in=direct))
    wanted = [Filing(post=post, category=category) for category in categories]
    wanted += [Filing(post=post, category=branch, is_direct=False) for branch in branches]
    have = [(row.category_id, row.is_direct) for row in post.filings.order_by("id")]
    if have != [(row.category_id, row.is_direct) for row in wanted]:
        post.filings.all().delete()
        Filing.objects.bulk_create(wanted)
    post._prefetched_objects_cache = {
        name: rows
        for name, rows in getattr(post, "_prefetched_objects_cache", {}).items()
        if name != "filings"
    }


@transaction.atomic
def save_category(category):
    """Saves a category; when its address changes, its branch moves with it: paths, redirects, and the posts' filings.

    Of very many posts, the worker refiles the rest; until then those are listed where they were.
    """
    was = Category.objects.filter(pk=category.pk).first() if category.pk else None
    category.save()
    if was is None or was.path == category.path:
        return
    branch = list(Category.objects.filter(path__startswith=f"{was.path}/").order_by("path"))
    known = [child.get_absolute_url() for child in branch]
    for child in branch:
        child.path = category.path + child.path.removeprefix(was.path)
        Category.objects.filter(pk=child.pk).update(path=child.path)
    if was.parent_id != category.parent_id:
        refile([one.pk for one in (category, *branch)])
    redirects.lead_under(was.get_absolute_url(), category.get_absolute_url(), known=known)


def refile(categories, *, after=0):
    """Puts posts filed directly under these categories into the branches above: a few at once, the rest in the worker."""
    last = refile_some(categories, after=after, most=AT_ONCE)
    if last is not None:
        jobs.defer("posts.tasks.refile", categories=categories, after=last)


def refile_all(categories, *, after=0):
    """The worker's part of `refile`, a transaction for every few posts."""
    while after is not None:
        after = refile_some(categories, after=after, most=BATCH)


@transaction.atomic
def refile_some(categories, *, after, most):
    """The next posts after the one with this id; the id of the last of them, or None when no more can follow."""
    direct = Filing.objects.filter(category__in=categories, is_direct=True, post__gt=after)
    posts = list(direct.order_by("post").values_list("post", flat=True).distinct()[:most])
    true_branches(posts)
    return posts[-1] if len(posts) == most else None


@transaction.atomic
def true_branches(posts):
    """Makes the branch rows of these posts, by id, what their own categories and the tree say."""
    if not posts:
        return
    with editions.raised_once(), connection.cursor() as cursor:
        cursor.execute(LEAVE, {"posts": posts})
        cursor.execute(JOIN, {"posts": posts})
