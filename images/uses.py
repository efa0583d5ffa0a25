"""Where pictures are used: in fields of other rows, and within texts, which name them by number.

Which texts may hold pictures stands in TEXTS_WITH_PICTURES, as `app.Model.field`, or `app.Model.field__key` for one
kept within JSON: the library knows none of those who use it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, Func, OuterRef
from django.db.models.fields.json import KT
from django.urls import NoReverseMatch, reverse

from images.models import Image, NamedImages

SHOWN = 20  # of each kind
HEAVY = {"body", "state", "base"}  # columns that no list of uses shows


class Alone(Func):
    """A number as an array that holds nothing else."""

    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(BigIntegerField())


@dataclass(frozen=True)
class Use:
    """A row that shows a picture: what it is, as what it shows it, and where it is edited, if anywhere."""

    kind: str
    name: str
    place: str
    address: str = ""


@dataclass
class Uses:
    """All that shows one picture: what this user may know of, and how many others."""

    known: list = field(default_factory=list)
    others: int = 0

    def __bool__(self):
        return bool(self.known or self.others)


def texts():
    """(model, field) of every text that may hold pictures."""
    for path in settings.TEXTS_WITH_PICTURES:
        app, model, name = path.split(".")
        yield apps.get_model(app, model), name


def relations():
    """(model, field) of every row that names a picture in a field of its own."""
    return [(relation.related_model, relation.field) for relation in Image._meta.related_objects]


def naming(model, name):
    """Rows with the numbers of the pictures their text names, as the index has them."""
    return model._default_manager.alias(named=NamedImages(KT(name) if "__" in name else name))


def of(images, request):
    """{number of the picture: Uses}, as far as this user may look."""
    ids = [image.pk for image in images]
    found = defaultdict(Uses)
    for model, relation in relations():
        rows = model._default_manager.filter(**{f"{relation.name}__in": ids})
        for row, is_known in told(request, rows, len(ids)):
            note(found[getattr(row, relation.attname)], row, relation.verbose_name, is_known)
    for model, name in texts():
        rows = naming(model, name).filter(named__overlap=ids)
        rows = rows.annotate(names=NamedImages(KT(name) if "__" in name else name))
        for row, is_known in told(request, rows, len(ids)):
            for number in set(row.names) & set(ids):
                note(found[number], row, "within the text", is_known)
    return found


def told(request, rows, pictures):
    """(row, whether this user may see it in the newsroom), the newest of each kind."""
    model = rows.model
    heavy = [column.name for column in model._meta.concrete_fields if column.name in HEAVY]
    rows = list(rows.defer(*heavy).order_by("-pk")[: SHOWN * pictures])
    screen = admin.site._registry.get(model)
    if not rows or screen is None:
        return [(row, True) for row in rows]
    if not screen.has_view_permission(request):
        return [(row, False) for row in rows]
    ids = [row.pk for row in rows]
    seen = set(screen.get_queryset(request).filter(pk__in=ids).values_list("pk", flat=True))
    return [(row, row.pk in seen) for row in rows]


def note(uses, row, place, is_known):
    if not is_known:
        uses.others += 1
        return
    meta = row._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        address = ""
    uses.known.append(Use(str(meta.verbose_name), str(row), str(place), address))


def unused(images):
    """Those of the pictures that no row and no text names."""
    for model, relation in relations():
        images = images.exclude(Exists(model._default_manager.filter(**{relation.name: OuterRef("pk")})))
    for model, name in texts():
        images = images.exclude(Exists(naming(model, name).filter(named__contains=Alone(OuterRef("pk")))))
    return images
