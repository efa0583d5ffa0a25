"""Filing posts under categories, and keeping the branches true when the tree changes."""

from django.db import transaction

from informed_comment import redirects
from posts.models import Category, Filing, Post


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
    """Saves a category; when its address changes, its branch moves with it: paths, filings and redirects."""
    old = (
        Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()
        if category.pk
        else None
    )
    category.save()
    if old is None or old == category.path:
        return
    branch = list(Category.objects.filter(path__startswith=f"{old}/").order_by("path"))
    known = [child.get_absolute_url() for child in branch]
    for child in branch:
        child.path = category.path + child.path.removeprefix(old)
        Category.objects.filter(pk=child.pk).update(path=child.path)
    refile([category, *branch])
    redirects.lead_under(f"/category/{old}/", category.get_absolute_url(), known=known)


def refile(categories):
    """Writes the branch rows of every post filed directly under these categories again."""
    posts = Post.objects.filter(filings__category__in=categories, filings__is_direct=True).distinct()
    for post in posts.iterator(chunk_size=500):
        direct = [row.category for row in post.filings.filter(is_direct=True).select_related("category")]
        file_under(post, direct)
