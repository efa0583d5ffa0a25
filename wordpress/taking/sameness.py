"""Whether a record and all it is made with are what they were, so that it need not be made again to see that."""

from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Count, Q

from informed_comment import html
from wordpress.models import Imported
from wordpress.reading.records import Item

_ROOM = Path(__file__).resolve().parent.parent
_TOLD = tuple(one.name for one in fields(Item) if one.name not in ("line", "place", "comments"))


def checksum_of(run, item, parent=None) -> str:
    """Of the record, and of whatever beside it decides what becomes of it; comments are compared by themselves."""
    told = [getattr(item, name) for name in _TOLD]
    return _sum(made_with(run), parent.path if parent else "", told)


def made_with(run) -> str:
    """Of what all records of a source share: the program, the options, the site, and the uploads as far as they are here."""
    if not run.made_with:
        run.made_with = _sum(
            _program(), run.options.as_json(), _site(run), run.uploads.reusable, _uploads(run)
        )
    return run.made_with


def _site(run):
    return run.site.language, run.site.address, sorted(run.uploads.own_hosts), sorted(run.uploads.hosts)


def _uploads(run):
    """Pictures found in texts, which no export lists, are not counted: they come in with the texts."""
    rows = Imported.objects.filter(source=run.source, kind="upload").order_by()
    is_listed = ~Q(key__startswith="at ")
    is_here = Q(image__file__gt="") | Q(document__file__gt="")
    is_kept = Q(image__isnull=False) | Q(document__isnull=False)
    return rows.aggregate(
        listed=Count("pk", filter=is_listed),
        here=Count("pk", filter=is_here),
        kept=Count("pk", filter=is_kept & is_listed),
    )


@cache
def _program():
    """A later version may read texts better: then all are looked at again."""
    paths = [*sorted(_ROOM.rglob("*.py")), Path(html.__file__)]
    return _sum(*(path.read_text() for path in paths if path.is_file() and "migrations" not in path.parts))


def _sum(*parts):
    return sha256(repr(parts).encode(errors="replace")).hexdigest()
