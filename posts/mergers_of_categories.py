"""How categories merge: children move under the target, and a post keeps the order of what it is filed under."""

from informed_comment import redirects
from posts import filing
from posts.models import Category, Filing, MergedPost

BELOW = "“{target}” lies under “{source}”. Move it elsewhere in the tree first."
TWICE = "“{child}” lies under both. Merge the two, or give one another address, first."
TOO_LONG = "Under “{target}” the address of “{child}” would be too long. Shorten it first."


def obstacles(source, target):
    if target.path.startswith(f"{source.path}/"):
        return [BELOW.format(target=target, source=source)]
    taken = set(target.children.exclude(pk=source.pk).values_list("slug", flat=True))
    children = list(source.children.order_by("path"))
    problems = [TWICE.format(child=child) for child in children if child.slug in taken]
    deepest = max((len(path) for path in below(source)), default=0) + len(target.path) - len(source.path)
    longest = Category._meta.get_field("path").max_length
    if deepest > longest:
        problems.append(TOO_LONG.format(target=target, child=children[0]))
    return problems


def below(category):
    return Category.objects.filter(path__startswith=f"{category.path}/").values_list("path", flat=True)


def begin(source, target):
    """The children move under the target, with their branches, posts and addresses."""
    children = list(source.children.order_by("path"))
    for child in children:
        child.parent = target
        filing.save_category(child)
    return {"children": [child.pk for child in children]}


def move(merger, most):
    """Files some posts under the target instead; their ids. Whichever of the two stood first keeps its place."""
    in_source = Filing.objects.filter(category=merger.source_id)
    posts = list(in_source.order_by("post").values_list("post", flat=True)[:most])
    direct = orders(posts)
    with_source = [pk for pk in posts if merger.source_id in direct.get(pk, ())]
    MergedPost.objects.bulk_create(
        [
            MergedPost(merger=merger, post_id=pk, had_both=merger.target_id in direct[pk], before=direct[pk])
            for pk in with_source
        ],
        ignore_conflicts=True,
    )
    later = [pk for pk in with_source if before(direct[pk], merger.target_id, merger.source_id)]
    in_source.filter(post__in=later).delete()
    first = [pk for pk in with_source if pk not in set(later)]
    Filing.objects.filter(category=merger.target_id, post__in=first).delete()
    in_source.filter(post__in=first, is_direct=True).update(category=merger.target_id)
    filing.true_branches(posts)
    return posts


def orders(posts):
    """Post id → ids of the categories it is filed under, in order."""
    found = {}
    rows = Filing.objects.filter(post__in=posts, is_direct=True).order_by("id")
    for post, category in rows.values_list("post", "category"):
        found.setdefault(post, []).append(category)
    return found


def before(order, one, other):
    return one in order and order.index(one) < order.index(other)


def obstacles_to_undoing(merger, category):
    if category.parent_id and not Category.objects.filter(pk=category.parent_id).exists():
        return [
            "The category it lay under is not there any more. If that was merged, undo that merger first."
        ]
    if taken := Category.objects.filter(path=category.own_path()).first():
        return [f"“{taken}” has the address of “{category}” now. Change that first."]
    return []


def bring_back(merger, category):
    """The children that still lie under the target go back under it."""
    redirects.stand(category.get_absolute_url())
    children = Category.objects.filter(pk__in=merger.followed.get("children", []), parent=merger.target_id)
    for child in children.order_by("path"):
        child.parent = category
        child.clean()
        filing.save_category(child)


def move_back(merger, rows):
    """Files posts that are still under the target as they were; where more has changed since, only the two are."""
    posts = [row.post_id for row in rows]
    direct = orders(posts)
    still = [row for row in rows if merger.target_id in direct.get(row.post_id, ())]
    alone = [row.post_id for row in still if not row.had_both]
    target = Filing.objects.filter(category=merger.target_id, is_direct=True, post__in=alone)
    Filing.objects.filter(category=merger.source_id, post__in=alone).delete()
    target.update(category=merger.source_id)
    for row in still:
        if row.had_both:
            filing.file_under(row.post, in_order(row.before, direct[row.post_id], merger.source_id))
    filing.true_branches(posts)


def in_order(then, now, back):
    """The categories of now and the one that came back, those of `then` in the order of then, the others after them."""
    kept = [pk for pk in then if pk in now or pk == back]
    there = Category.objects.in_bulk([*kept, *now])
    return [there[pk] for pk in dict.fromkeys([*kept, *now])]
