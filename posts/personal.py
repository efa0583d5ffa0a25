"""What posts keep of people who are no authors: readers who commented on the old site, guests with a preview link, staff."""

from django.db.models import Q

from informed_comment import editions
from informed_comment.persons.parts import Choice, Found, Kept, Part, key_of_address, key_of_name
from posts import reader_comments
from posts.models import DraftComment, PreviewLink, ReaderComment, Revision

A_GUEST = "A guest"
POST = "as long as the post"
STAFF = "who wrote or decided it"
EVERYBODY, EDITORS = "everybody", "who may see the post in the newsroom"
DAY = "until an hour after the day"
TEXTS = Choice(
    "comments",
    "Remove what they said in comments, too",
    "Otherwise the text stays and the name goes: others have answered it.",
)
REVISIONS = Choice(
    "revisions",
    "Take their name out of old revisions",
    "Revisions say who wrote what. Otherwise they are left as they are.",
)
REGISTER = {
    "posts.ReaderComment.name": Kept("stands over what was said", POST, EVERYBODY),
    "posts.ReaderComment.website": Kept("stands behind the name", POST, EVERYBODY),
    "posts.ReaderComment.text": Kept("what was said", POST, EVERYBODY),
    "posts.PreviewLink.label": Kept("whom a preview link is for", POST, EDITORS),
    "posts.PreviewLink.created_by": Kept(STAFF, POST, EDITORS),
    "posts.DraftComment.name": Kept("who says it", POST, EDITORS),
    "posts.DraftComment.text": Kept("what is said of a draft", POST, EDITORS),
    "posts.DraftComment.user": Kept(STAFF, POST, EDITORS),
    "posts.DraftComment.resolved_by": Kept(STAFF, POST, EDITORS),
    "posts.Revision.guest": Kept("the guest who wrote it", f"{POST}; plain saves are thinned out", EDITORS),
    "posts.Revision.created_by": Kept(STAFF, f"{POST}; plain saves are thinned out", EDITORS),
    "posts.Revision.name": Kept("what an editor called it", POST, EDITORS),
    "posts.Revision.state": Kept("the text as it was", f"{POST}; plain saves are thinned out", EDITORS),
    "posts.Notice.user": Kept("who gets mail about a post", "90 days", "nobody", "posts.forgetting.forget"),
    "posts.Notice.who": Kept("who did what the mail tells", "90 days", "nobody", "posts.forgetting.forget"),
    "posts.Notice.title": Kept("what the mail is about", "90 days", "nobody", "posts.forgetting.forget"),
    "posts.Notice.text": Kept("what the mail says", "90 days", "nobody", "posts.forgetting.forget"),
    "posts.Notice.problem": Kept("why it was not sent", "90 days", "nobody", "posts.forgetting.forget"),
    "posts.Autosave.user": Kept("whose typing it is", "until it is saved or thrown away", "whoever typed it"),
    "posts.Autosave.text": Kept(
        "typed and not saved", "until it is saved or thrown away", "whoever typed it"
    ),
    "posts.Presence.user": Kept("who has a post open", "a day", EDITORS, "posts.forgetting.forget"),
    "posts.PendingChange.state": Kept("a text that is to come", POST, EDITORS),
    "posts.PendingChange.base": Kept("the text it was begun from", POST, EDITORS),
    "posts.PendingChange.created_by": Kept(STAFF, POST, EDITORS),
    "posts.Post.created_by": Kept(STAFF, POST, EDITORS),
    "posts.Post.original_name": Kept("where a post came out first", POST, EVERYBODY),
    "posts.Announcement.created_by": Kept(STAFF, POST, "editors"),
    "posts.Announcement.cancelled_by": Kept(STAFF, POST, "editors"),
    "posts.BulkDeed.created_by": Kept(STAFF, "for good", "editors, and whoever did it"),
    "posts.BulkDeed.undone_by": Kept(STAFF, "for good", "editors, and whoever did it"),
    "posts.Merger.created_by": Kept(STAFF, "for good", "editors"),
    "posts.KeptOffPopular.by": Kept(STAFF, "as long as it is kept off", "editors"),
    "posts.ReadersKey.key": Kept(
        "tells readers apart for a day", DAY, "nobody", "posts.reads.retention.forget"
    ),
    "posts.ReadersOfDay.readers": Kept(
        "keyed hashes of readers; the key goes with the day", DAY, "nobody", "posts.reads.retention.forget"
    ),
    "posts.NetworkOfDay.network": Kept(
        "a keyed hash of a network, against floods", DAY, "nobody", "posts.reads.retention.forget"
    ),
    "posts.ReferringHost.name": Kept("the site a reader came from, never the page", "for good", "the staff"),
}
IMPERSONAL = {
    "posts.Post": "what the publication publishes",
    "posts.Category": "names subjects",
    "posts.Tag": "names subjects",
    "posts.FormerName": "names subjects",
    "posts.Merger": "names subjects",
    "posts.MergedPost": "numbers of tags",
    "posts.Byline": "the kind of work",
    "posts.Correction": "what the publication corrects",
    "posts.BulkDeed": "which deed, and of which tag or section",
    "posts.BulkRow": "titles of posts",
    "posts.Notice": "names of events",
    "posts.OutgoingLink": "addresses in texts",
    "posts.PendingChange": "why it could not be applied",
    "posts.PopularList": "numbers of posts",
    "posts.ReaderComment": "the mark in old links",
    "posts.RelatedPosts": "numbers of posts",
    "posts.SearchEntry": "what the publication publishes, as search reads it",
    "posts.KnownWord": "words of texts",
    "posts.SiteTally": "numbers of reads",
    "posts.CategoryTally": "numbers of reads",
    "posts.AuthorTally": "numbers of reads",
    "posts.TagTally": "numbers of reads",
    "posts.HostTally": "numbers of reads",
    "posts.PostTally": "numbers of reads",
    "posts.ReadMinute": "numbers of reads",
    "posts.ReadersOfDay": "numbers of posts",
}


def is_of(person, text):
    """Whether the text names the person: an address or a name, and nothing else."""
    return bool(text) and (
        key_of_address(text) == person.keys.get("address", "-")
        or key_of_name(text) == person.keys.get("name", "-")
    )


def near(person, column):
    """Rows in which it may stand; an index answers for comments."""
    words = [person.address.strip()] if person.address else []
    words += [person.keys["name"].split()[-1]] if "name" in person.keys else []
    wanted = Q(pk=None)
    for word in words:
        wanted |= Q(**{f"{column}__icontains": word})
    return wanted


def rows_of(person, model, column, moment):
    rows = model.objects.filter(near(person, column)).order_by("pk")
    return [
        row for row in rows if is_of(person, getattr(row, column)) and person.is_before(getattr(row, moment))
    ]


def comments_of(person):
    """Comments came with the old site: an import made before or after an erasure brings the same ones."""
    return [one for one in ReaderComment.objects.filter(near(person, "name")) if is_of(person, one.name)]


def links_of(person):
    return rows_of(person, PreviewLink, "label", "created_at")


def said_of(person):
    """What a guest said of a draft; what staff say goes with their account."""
    return [one for one in rows_of(person, DraftComment, "name", "created_at") if one.user_id is None]


def find(person):
    if comments := comments_of(person):
        yield Found(
            "Comments on the old site",
            f"Comments under this name: {len(comments)}. No address is kept with any comment.",
            [
                {"name": one.name, "website": one.website, "at": one.published_at, "text": one.text}
                for one in comments
            ],
            "Name and website go; the text stays without them, or goes where that is chosen.",
        )
    if links := links_of(person):
        yield Found(
            "Preview links",
            f"Links that let somebody of this name read drafts: {len(links)}.",
            [
                {
                    "for": one.label,
                    "until": one.expires_at,
                    "opened": one.opened_at,
                    "approved": one.approved_at,
                }
                for one in links
            ],
            "The name goes and the links end. That somebody approved stays.",
        )
    if said := said_of(person):
        yield Found(
            "Comments on drafts",
            f"Said by a guest of this name: {len(said)}.",
            [{"name": one.name, "at": one.created_at, "text": one.text} for one in said],
            "The name goes; the text stays without it, or goes where that is chosen.",
        )
    if kept := rows_of(person, Revision, "guest", "created_at"):
        yield Found(
            "Revisions of posts",
            f"Revisions written by a guest of this name: {len(kept)}.",
            [{"post": one.post_id, "at": one.created_at} for one in kept],
            "Stay as they are unless it is chosen: they say who wrote what was published.",
            is_kept=True,
        )


def erase(person, *, choices, by):
    gone = erase_comments(person, choices)
    if links := links_of(person):
        for link in links:
            link.label, link.revoked_at = A_GUEST, link.revoked_at or link.expires_at
        PreviewLink.objects.bulk_update(links, ["label", "revoked_at"])
        gone.append(f"Preview links were ended and lost the name: {len(links)}.")
    if said := said_of(person):
        numbers = [one.pk for one in said]
        if TEXTS.name in choices:
            DraftComment.objects.filter(pk__in=numbers).delete()
        else:
            DraftComment.objects.filter(pk__in=numbers).update(name=A_GUEST)
        gone.append(f"Comments on drafts lost the name: {len(said)}.")
    if REVISIONS.name in choices and (kept := rows_of(person, Revision, "guest", "created_at")):
        Revision.objects.filter(pk__in=[one.pk for one in kept]).update(guest=A_GUEST)
        gone.append(f"Revisions lost the name: {len(kept)}.")
    return gone


def erase_comments(person, choices):
    numbers = [one.pk for one in comments_of(person)]
    if not numbers:
        return []
    comments = ReaderComment.objects.filter(pk__in=numbers)
    if TEXTS.name in choices:
        reader_comments.delete(comments)
        return [f"Comments were deleted: {len(numbers)}."]
    with editions.raised_once():
        comments.update(name="", website="")
    return [f"Comments lost their name and website: {len(numbers)}."]


def known():
    for model, column in (
        (ReaderComment, "name"),
        (PreviewLink, "label"),
        (DraftComment, "name"),
        (Revision, "guest"),
    ):
        names = model.objects.exclude(**{column: ""}).order_by().values_list(column, flat=True).distinct()
        for text in names.iterator():
            yield ("address" if key_of_address(text) and " " not in text.strip() else "name"), text


PART = Part("Posts", REGISTER, IMPERSONAL, find, erase, known, (TEXTS, REVISIONS))
