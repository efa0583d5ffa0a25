"""Everything kept of a person as one zip: a page for people, JSON for machines."""

import io
import json
import zipfile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from informed_comment import audit
from informed_comment.persons.erasing import mark_of
from informed_comment.persons.parts import found_of


class Plainly(DjangoJSONEncoder):
    """Whatever else a row holds is told as text."""

    def default(self, o):
        try:
            return super().default(o)
        except TypeError:
            return str(o)


@transaction.atomic
def export(person, *, by=None, request=None):
    """The bytes of the zip. The log keeps a keyed hash of whom it was of."""
    found, now = found_of(person), timezone.now()
    data = {
        "site": settings.SITE_URL,
        "made_at": now,
        "asked_for": str(person),
        "kept": {
            name: [{"what": one.what, "says": one.said, "data": one.data} for one in rows]
            for name, rows in found
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(data, cls=Plainly, indent=2, ensure_ascii=False))
        file.writestr("read-me.html", page(person, found, now))
    audit.record(
        "person_exported",
        "All data of a person were taken out.",
        by=by,
        request=request,
        about=mark_of(person),
        parts={name: len(rows) for name, rows in found},
    )
    return out.getvalue()


def page(person, found, now):
    """The same for people: a page without scripts that a browser opens from the disk."""
    rows = [
        (name, [(one, json.dumps(one.data, cls=Plainly, indent=2, ensure_ascii=False)) for one in ones])
        for name, ones in found
    ]
    context = {"person": person, "found": rows, "made_at": now, "site": settings.SITE_URL}
    return render_to_string("persons/export.html", context)
