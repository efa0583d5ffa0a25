"""What of the texts is left for editors to see to, kept beside what came in."""

from django.db import transaction

from wordpress.models import Leftover


@transaction.atomic
def keep(pairs):
    """`pairs` are (Imported, what is left of its text now). What an editor has seen to stays seen to."""
    pairs = list(pairs)
    known = Leftover.objects.filter(imported__in=[row.pk for row, _left in pairs])
    done = {(one.imported_id, one.kind, one.markup) for one in known.filter(done_at__isnull=False)}
    known.filter(done_at=None).delete()
    Leftover.objects.bulk_create(
        Leftover(imported=row, kind=one.kind, name=one.name, markup=_kept(one.markup), after=_kept(one.after))
        for row, left in pairs
        for one in left
        if (row.pk, one.kind, _kept(one.markup)) not in done
    )


def _kept(text):
    return text.replace("\x00", "")
