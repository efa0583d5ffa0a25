"""Writing posts. What an editor has changed here since, or deleted, is never written again."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from informed_comment import editions
from informed_comment.html import CleanHtml, clean_html, plain_text
from posts import front, permalinks, relating, states
from posts.models import Byline, Correction, Filing, FrontSlot, Post, Revision, TaggedPost
from wordpress.models import Imported
from wordpress.reading.records import Item
from wordpress.taking import leftovers, statuses
from wordpress.taking.addresses import is_taken_by_the_site, old_path
from wordpress.taking.outcome import Outcome, changed_at, outcome
from wordpress.taking.people import byline
from wordpress.taking.sameness import checksum_of
from wordpress.taking.taxonomy import file_post

DELETED = "deleted here since"


@dataclass(slots=True)
class Planned:
    """A post thought out and not yet written; `done` is what will have been done with it, and why."""

    item: Item
    key: str
    row: Imported | None
    plan: Outcome
    done: tuple[str, str]
    checksum: str
    are_links_known: bool = False  # whether all its links lead to where that stands today


def plan_post(run, item, key, row) -> Planned:
    plan = outcome(item, run)
    if plan.fields["status"] == Post.Status.PUBLISHED and plan.fields["published_at"] is None:
        plan.fields["published_at"] = row.post.published_at if row and row.post else timezone.now()
        if row is None:
            run.report.odd("published without a date; dated today", item, run.file)
    checksum = plan.checksum
    return Planned(item, key, row, plan, what_to_do(item, row, row and row.post, checksum), checksum)


def what_to_do(item, row, record, checksum):
    if row is None:
        return "new", statuses.told(item)
    if record is None:
        return "skipped", DELETED
    if row.checksum == checksum:
        return "unchanged", ""
    if record.updated_at != row.written_at:
        return "kept", "changed there and here"
    return "changed", statuses.told(item)


def write_posts(run, many):
    """New posts all at once; changed ones each by itself. Readers' edition goes up once."""
    new = [one for one in many if one.done[0] == "new"]
    if new:
        with editions.raised_once():
            _write_new(run, new)
    for one in many:
        if one.done[0] == "changed":
            write_post(run, one)


def _write_new(run, many):
    """What is tied to posts goes before them: search, which is told of each post and each tie, then reads a post once."""
    posts = [_filled(Post(), one) for one in many]
    for post, number in zip(posts, _numbers(len(posts)), strict=True):
        post.pk = number
    _give_addresses([post for post in posts if _is_to_stand(post) or post.permalink])
    pairs = list(zip(posts, many, strict=True))
    Byline.objects.bulk_create(line for post, one in pairs for line in byline(post, one.plan.bylines))
    Filing.objects.bulk_create(
        row for post, one in pairs for row in run.taxonomy.filings(post, one.plan.categories)
    )
    TaggedPost.objects.bulk_create(
        TaggedPost(tag=tag, content_object=post) for post, one in pairs for tag in one.plan.tags
    )
    Post.objects.bulk_create(posts)
    Correction.objects.bulk_create(made for post, one in pairs for made in _corrections(post, one.plan))
    Revision.objects.bulk_create(
        Revision(post=post, deed=Revision.Deed.IMPORT, state=_state(post, one.plan), name=_name(one))
        for post, one in pairs
    )
    rows = Imported.objects.bulk_create(
        Imported(
            source=run.source,
            kind="post",
            key=one.key,
            post=post,
            checksum=one.checksum,
            written_at=post.updated_at,
            source_checksum=checksum_of(run, one.item),
            links_at=post.updated_at if one.are_links_known else None,
            **statuses.there(one.item),
        )
        for post, one in pairs
    )
    leftovers.keep((row, one.plan.left) for row, one in zip(rows, many, strict=True))
    for post, one in pairs:
        _lead(run, post, one)


def _numbers(count):
    """Ids of their own for so many posts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('posts_post', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _filled(post, one):
    """Not by the deed `publish`, which asks for title and body: what was public without one stays public."""
    fields, moment = dict(one.plan.fields), changed_at(one.item)
    slug = fields.pop("slug")
    if post.pk is None:
        post.created_at = fields["published_at"] or moment
        if one.item.guid:
            post.feed_id = one.item.guid[:500]  # else readers' apps announce the post again
    post.slug = slug or post.slug
    for name, value in fields.items():
        setattr(post, name, value)
    post.body = CleanHtml(post.body)
    post.lead_image = one.plan.lead_image
    post.word_count = len(plain_text(post.body).split())
    post.updated_at = moment if post.pk is None else timezone.now()
    for name, value in one.plan.own.items() if post.pk is None else ():
        setattr(post, name, value)
    return post


def _name(one):
    """What the first revision tells editors beside what they see."""
    told = statuses.told(one.item)
    return told[:1].upper() + told[1:]


def _is_to_stand(post):
    """Whether it has, or will have when taken from the trash, an address of its own."""
    return Post.Status.PUBLISHED in (post.status, post.trashed_from)


def _corrections(post, plan):
    """In the order in which a later one comes later."""
    return [
        Correction(post=post, kind=kind, text=text, made_at=made_at)
        for kind, text, made_at in reversed(plan.corrections)
    ]


def _give_addresses(posts):
    """As `permalinks.give` does, for posts none of which is written yet. One that was given already is kept if it is free."""
    for post in posts:
        if _is_to_stand(post):
            post.slug = post.slug or permalinks.slug_for(post)
    paths = [post.permalink or permalinks.path_for(post) for post in posts]
    taken = set(Post.objects.filter(permalink__in=paths).values_list("permalink", flat=True))
    for post, path in zip(posts, paths, strict=True):
        stem, number = post.slug, 1
        if post.permalink and path in taken:
            if not _is_to_stand(post):
                post.permalink = None
                continue
            path = permalinks.path_for(post)
        while path in taken or (number > 1 and Post.objects.filter(permalink=path).exists()):
            number += 1
            post.slug = f"{stem}-{number}"
            path = permalinks.path_for(post)
        post.permalink = path
        taken.add(path)


def _state(post, plan):
    """What `states.state_of` says of it, from what is known already."""
    return {
        **{name: getattr(post, name) for name in states.FIELDS_KEPT},
        "published_at": post.published_at.isoformat() if post.published_at else None,
        "authors": [[author.pk, role] for author, role in plan.bylines],
        "categories": [category.pk for category in plan.categories],
        "tags": sorted(tag.name for tag in plan.tags),
        "corrections": [
            [kind, clean_html(text), made_at.isoformat()] for kind, text, made_at in plan.corrections
        ],
    }


def write_post(run, one):
    post = _filled(one.row.post if one.row else Post(), one)
    is_new = post.pk is None
    if is_new and "%post_id%" in settings.PERMALINK_PATTERN:
        _number(post)
    if (_is_to_stand(post) and post.status == Post.Status.TRASHED and not post.permalink) or (
        is_new and post.permalink
    ):
        _give_addresses([post])
    elif post.status == Post.Status.PUBLISHED:
        permalinks.give(post)
    post.save_base()
    post.bylines.all().delete()
    Byline.objects.bulk_create(byline(post, one.plan.bylines))
    Correction.objects.bulk_create(_corrections(post, one.plan) if is_new else ())
    file_post(post, one.plan.categories, one.plan.tags)
    states.keep_revision(post, Revision.Deed.IMPORT, name=_name(one))
    if post.status == Post.Status.TRASHED:
        for slot in post.front_slots.not_gone():
            front.take_off(slot)
    if post.is_public:
        relating.ask(post.pk)
    leftovers.keep([(keep_row(run, "post", one, post), one.plan.left)])
    _lead(run, post, one)


def _number(post):
    """Saved as a draft, for an address that is to have its id."""
    kept = post.status, post.trashed_from, post.trashed_at
    post.status, post.trashed_from, post.trashed_at = Post.Status.DRAFT, "", None
    post.save_base(force_insert=True)
    post.status, post.trashed_from, post.trashed_at = kept


def _lead(run, post, one):
    for path in one.plan.former if post.permalink else ():
        run.redirects.lead(path, post.permalink)
    if post.status == Post.Status.PUBLISHED:
        lead_from_old_addresses(run, one.item, post.permalink, "p" if one.key.isdigit() else "")


def keep_row(run, kind, one, made, parent=None):
    values = {"checksum": one.checksum, "written_at": made.updated_at, kind: made}
    values["source_checksum"] = checksum_of(run, one.item, parent)
    values |= {"links_at": made.updated_at if one.are_links_known else None, **statuses.there(one.item)}
    if one.row:
        Imported.objects.filter(pk=one.row.pk).update(**values)
        return one.row
    return Imported.objects.create(source=run.source, kind=kind, key=one.key, **values)


def lead_front_page(run):
    """The newest post that was sticky there leads the front page here, unless editors have arranged it already."""
    if run.is_dry_run or not run.sticky or FrontSlot.objects.exists():
        return
    rows = Imported.objects.filter(source=run.source, kind="post", key__in=run.sticky)
    if post := Post.objects.published().filter(pk__in=rows.values("post")).newest_first().first():
        front.put(FrontSlot(post=post, place=FrontSlot.Place.LEAD))


def lead_from_old_addresses(run, item, target, query):
    """From its link, its older slugs and `/?p=7` to where it is now."""
    was = old_path(item.link)
    lead = run.redirects.lead
    lead(was, target)
    if query and item.id:
        lead(f"/?{query}={item.id}", target)
        lead(f"/?p={item.id}", target)
    slug = old_path(f"/{item.slug}").lstrip("/") if item.slug else ""
    stem, found, end = was.rpartition(slug) if slug else ("", "", "")
    for older in item.meta.get("_wp_old_slug", []) if found else []:
        lead(old_path(f"{stem}{older}{end}"), target)
    for alias in item.aliases:
        lead(old_path(alias), target)
    if was and was != target and is_taken_by_the_site(was):
        run.report.odd(
            f"its old address {was} is one of this site's own; it stands at {target}", item, run.file
        )


def lead_to_parents(run, links):
    """Pages of attachments lead to the post they belonged to; `links` are (old path, id there of the parent).

    Returns those whose parent has not come in.
    """
    parents = {str(parent) for _path, parent in links}
    rows = Imported.objects.filter(source=run.source, kind__in=("post", "page"), key__in=parents)
    targets, known = {}, set()
    for row in rows.select_related("post", "page"):
        known.add(row.key)
        if row.post and row.post.status == Post.Status.PUBLISHED:
            targets[row.key] = row.post.permalink
        elif row.page and row.page.is_published:
            targets.setdefault(row.key, f"/{row.page.path}/")
    for path, parent in links:
        if str(parent) in targets:
            run.redirects.lead(path, targets[str(parent)])
    return {(path, parent) for path, parent in links if str(parent) not in known}
