"""What things are known by: their ids at the source. Of several things with one id, the later ones go by their slug too."""

from hashlib import sha256

from wordpress.models import MoveKey


def id_of(item):
    return str(item.id) if item.id else (item.guid or item.link or item.title or "?")[:400]


def note(keeper, run, items):
    """Notes the ids of items about to be taken, in their order."""
    keeper.move.keys.bulk_create(
        (
            MoveKey(
                move=keeper.move, kind=kind, key=_digest(run.source, id_of(item)), mark=_digest(item.slug)
            )
            for item in items
            if (kind := run.kind_of(item))
        ),
        ignore_conflicts=True,
    )


def keys_of(keeper, run, items):
    """The key of each item, by what has been noted."""
    digests = [_digest(run.source, id_of(item)) for item in items]
    noted = keeper.move.keys.filter(key__in=digests).order_by("id").values_list("kind", "key", "mark")
    first = {}
    for kind, key, mark in noted:
        first.setdefault((kind, key), mark)
    return [
        _key(item, first.get((run.kind_of(item), digest)))
        for item, digest in zip(items, digests, strict=True)
    ]


def _key(item, first):
    own = id_of(item)
    return own if first in (None, _digest(item.slug)) else f"{own}-{item.slug}"[:500]


def _digest(*parts):
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
