"""What is made of an answer: whether a reader arrives where the address led, and finds there what stood there.

A page need not say the same to the letter: a word in thirty may be missing (what plugins drew, buttons, tables of
contents), for numbers and quotes are written differently; a picture may be a link while its file has not come. What is
beyond that is told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from posts.models import Post
from wordpress.models import Imported
from wordpress.proof.words import bare_title, in_source, lacking, on_page
from wordpress.taking.addresses import is_taken_by_the_site
from wordpress.taking.outcome import plain_title, published_at

FAULTS = {  # kind: what the report calls it
    "lost": "Nothing answers",
    "missing": "Has not come in",
    "steps": "More than one step",
    "for now": "Led on, but not for good",
    "elsewhere": "Leads to something else",
    "shown": "Readers see what they must not see",
    "title": "Another title",
    "date": "Another date",
    "text": "Text is missing",
    "pictures": "Pictures are missing",
}
NOTES = {
    "own": "A page of this site's own stands there; what came in stands elsewhere",
    "linked": "Pictures whose files have not come in, shown as links",
    "early": "Was to come out later, and has",
}
FEW_WORDS, SHARE_OF_WORDS = 5, 30
DAYS = timedelta(days=1, hours=2)


@dataclass(slots=True)
class Answer:
    """`fault` is a kind of FAULTS or empty, `note` one of NOTES; `told` says it in words."""

    wanted: object
    page: object
    fault: str = ""
    note: str = ""
    told: str = ""

    @property
    def path(self):
        return self.wanted.path


def judged(asking, many):
    """Asks for these addresses and yields an Answer for each, in their order."""
    where = standing(many)
    pages = asking.ask([wanted.path for wanted in many])
    for wanted, page in zip(many, pages, strict=True):
        stands = where.get(id(wanted), set())
        if wanted.is_hidden:
            yield hidden(wanted, page, stands)
        else:
            yield found(asking, wanted, page, stands)


def standing(many):
    """id of the Wanted → today's paths of what stood there."""
    texts = [one for one in many if one.item is not None]
    keys = {key for one in texts for key in keys_of(one.item)}
    rows = Imported.objects.filter(source__in={one.source for one in texts}, key__in=keys)
    rows = rows.filter(kind__in=("post", "page")).select_related("post", "page")
    at = {}
    for row in rows:
        at.setdefault((row.source, row.kind, row.key), []).append(row.post or row.page)
    found = {}
    for one in texts:
        rows = next(filter(None, (at.get((one.source, one.item.type, key)) for key in keys_of(one.item))), ())
        paths = {public_path(record, is_hidden=one.is_hidden) for record in rows}
        found[id(one)] = paths - {""}
    return found


def keys_of(item):
    """Of several with one id, the later ones came in by their slug too."""
    return [f"{item.id}-{item.slug}"[:500], str(item.id)] if item.id else [(item.guid or item.link)[:400]]


def public_path(record, *, is_hidden=False):
    if isinstance(record, Post):
        return record.permalink if is_hidden or record.status == Post.Status.PUBLISHED else ""
    return f"/{record.path}/" if record is not None and (is_hidden or record.is_published) else ""


def answer(wanted, page, fault="", told="", note=""):
    return Answer(wanted, page, fault, note, told)


def found(asking, wanted, page, stands):
    if page.trouble:
        return answer(
            wanted, page, "elsewhere" if page.status in (301, 302, 307, 308) else "lost", page.trouble
        )
    if page.status not in (200, 206):
        is_here = stands or wanted.item is None
        told = f"answers {page.status}" + (f" at {page.arrived}" if page.steps else "")
        return answer(wanted, page, "lost" if is_here else "missing", told)
    if page.steps > 1:
        return answer(wanted, page, "steps", f"takes {page.steps} steps to {page.arrived}")
    if page.steps and page.way[0] not in (301, 308):
        return answer(wanted, page, "for now", f"is led on by {page.way[0]} to {page.arrived}")
    if wanted.item is None:
        return answer(wanted, page)
    if not stands:
        return answer(wanted, page, "missing", "has not come in, or is not public here")
    if page.arrived in stands:
        return compared(wanted, page)
    if is_taken_by_the_site(wanted.path) and not page.steps:
        return at_our_own(asking, wanted, page, stands)
    if wanted.is_shared:
        return answer(wanted, page)
    return answer(
        wanted, page, "elsewhere", f"leads to {page.arrived} instead of {' or '.join(sorted(stands))}"
    )


def at_our_own(asking, wanted, page, stands):
    """This site has a page of its own there. What came in must be reachable all the same."""
    there = asking.ask(sorted(stands))
    for path, other in zip(sorted(stands), there, strict=True):
        if other.status == 200 and other.arrived == path:
            told = f"is a page of this site's own; what stood there is at {path}"
            return answer(wanted, page, note="own", told=told)
    told = f"is a page of this site's own, and what stood there is not at {' or '.join(sorted(stands))}"
    return answer(wanted, page, "lost", told)


def hidden(wanted, page, stands):
    """A draft, something private or behind a password, something in the trash: no reader may see it."""
    is_theirs = page.status == 200 and page.arrived in stands
    if not is_theirs and page.status == 200 and wanted.item.title:
        shown = bare_title(on_page(page.body).title)
        is_theirs = bool(shown) and shown == bare_title(plain_title(wanted.item.title)) and not stands
    if not is_theirs:
        return answer(wanted, page)
    moment = published_at(wanted.item)
    if wanted.item.status == "future" and moment and moment <= timezone.now() and not wanted.item.password:
        return answer(wanted, page, note="early", told=f"was to come out on {moment:%Y-%m-%d}, and has")
    kind = "with a password" if wanted.item.password else wanted.item.status
    return answer(wanted, page, "shown", f"is {kind} there, and readers see it at {page.arrived}")


def compared(wanted, page):
    """Title, date, words and pictures of the page and of its source."""
    item, seen = wanted.item, on_page(page.body)
    title = bare_title(plain_title(item.title))
    if title and bare_title(seen.title) != title:
        return answer(wanted, page, "title", f"is headed “{seen.title[:80]}” instead of “{item.title[:80]}”")
    if told := another_day(item, seen):
        return answer(wanted, page, "date", told)
    source = in_source(item.content, is_html=item.is_html)
    lost = lacking(source.words, seen.words)
    count, words = lost.total(), source.words.total()
    if count > max(FEW_WORDS, words / SHARE_OF_WORDS):
        some = ", ".join(word for word, _ in lost.most_common(5))
        return answer(wanted, page, "text", f"lacks {count} of {words} words, among them: {some}")
    missing = source.pictures - seen.pictures - seen.linked_pictures
    if missing > 0:
        return answer(wanted, page, "pictures", f"lacks {missing} of {source.pictures} pictures")
    if seen.linked_pictures:
        return answer(wanted, page, note="linked", told=linked(seen.linked_pictures))
    return answer(wanted, page)


def linked(count):
    return "shows 1 picture as a link" if count == 1 else f"shows {count} pictures as links"


def another_day(item, seen):
    moment = published_at(item)
    if item.type != "post" or moment is None or not seen.day:
        return ""
    shown = datetime.fromisoformat(seen.day)
    if abs(shown - moment) <= DAYS:
        return ""
    return f"is dated {shown.astimezone(UTC):%Y-%m-%d} instead of {moment:%Y-%m-%d}"
