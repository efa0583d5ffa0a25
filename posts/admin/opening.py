"""What the form of a post shows when it is not the post itself: pending changes, or typed text that was never saved."""

import json
from functools import partial

from django import forms
from django.db.models import Q
from django.http import QueryDict

from authors.models import Author
from posts import pending
from posts.models import Autosave, Byline, PendingChange
from posts.states import TEXT, state_of

AS_PUBLISHED = "published"  # in the query: show what readers see, though there are pending changes


class OfState:
    """A form filled from a state (posts/states.py); `pending` is the row it came from, if any.

    `clashes` names, in an editor's words, what has been changed both in it and in the post itself since.
    """

    def __init__(self, state, pending=None, clashes=""):
        self.state, self.pending, self.clashes = state, pending, clashes

    def initial(self, form):
        names = [name for name in (*TEXT, "slug") if name in self.state]
        values = {name.removesuffix("_id"): self.state[name] for name in names}
        values["categories"] = self.state.get("categories", [])
        values["tags"] = ", ".join(f'"{name}"' for name in self.state.get("tags", []))
        if self.pending:
            values |= {"seen_pending": self.pending.version, "apply_at": self.pending.apply_at}
        return {name: value for name, value in values.items() if name in form.fields}

    def byline(self):
        lines = self.state.get("authors", [])
        there = Author.objects.in_bulk([pk for pk, _ in lines])
        return [(there[pk], role) for pk, role in lines if pk in there]


class OfAutosave:
    """A form filled with what a browser once sent, whatever of it was valid."""

    def __init__(self, autosave):
        self.autosave = autosave
        self.data = data_of(autosave.text)

    def initial(self, form):
        """Only what the form still has; the versions are those the text was begun at, so that a conflict shows."""
        for name, field in form.fields.items():
            if field.show_hidden_initial:
                first = self.data.get(form.add_initial_prefix(name), "")
                field.hidden_widget = partial(FirstShown, first)
        return {
            name: field.widget.value_from_datadict(self.data, {}, form.add_prefix(name))
            for name, field in form.fields.items()
            if form.add_prefix(name) in self.data or name in ("categories",)
        }

    def byline(self):
        return byline_in(self.data)

    def rows(self, prefix):
        """The rows of an inline as they were sent, each by its names; None when the form had no such rows."""
        count = self.data.get(f"{prefix}-TOTAL_FORMS", "")
        if not count.isdecimal():
            return None
        heads = [f"{prefix}-{n}-" for n in range(min(int(count), 200))]
        sent = [
            {name.removeprefix(head): self.data[name] for name in self.data if name.startswith(head)}
            for head in heads
        ]
        return [row for row in sent if not row.get("DELETE")]

    def corrections(self):
        """What the corrections said, stored or new; None when the form had none."""
        rows = self.rows("corrections")
        return None if rows is None else [row.get("text", "") for row in rows]


def byline_of(post, opened):
    """(author, role) of each line of the byline that a form shows: that of `opened`, where it has one, or else the post's."""
    lines = opened.byline() if opened else None
    if lines is None and post.pk:
        lines = [(line.author, line.role) for line in post.bylines.select_related("author")]
    return lines or []


def byline_in(data):
    """The byline in the data of a form, as far as it names authors there are; None when it has none."""
    count = data.get("bylines-TOTAL_FORMS", "")
    if not count.isdecimal():
        return None
    rows = [
        (data.get(f"bylines-{n}-position", ""), data.get(f"bylines-{n}-author", ""), n)
        for n in range(min(int(count), 200))
        if not data.get(f"bylines-{n}-DELETE")
    ]
    rows = [(int(place) if place.isdecimal() else n, pk, n) for place, pk, n in rows if pk.isdecimal()]
    there = Author.objects.in_bulk([int(pk) for _, pk, _ in rows if len(pk) < 19])
    roles = {n: data.get(f"bylines-{n}-role") for _, _, n in rows}
    return [
        (there[int(pk)], roles[n] if roles[n] in Byline.Role.values else Byline.Role.BY)
        for _, pk, n in sorted(rows)
        if int(pk) in there
    ]


class FirstShown(forms.HiddenInput):
    """What a field showed when the kept text was begun: a form counts as changed what differs from it."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def format_value(self, value):
        return self.value


def data_of(text):
    """The form as a browser sent it, from the JSON of an autosave: `{name: [value, …]}`.

    Half a character and NUL can be written in JSON and nowhere else.
    """
    data = QueryDict(mutable=True)
    for name, values in json.loads(text).items():
        whole = [str(value).encode("utf-8", "replace").decode().replace("\x00", "") for value in values]
        data.setlist(name, whole)
    return data


def opened_for(request, post, *, recover=True):
    """What the form shall show for this request: `?recover=ID` an own autosave, else pending changes, else None."""
    wanted = request.GET.get("recover", "") if recover else ""
    if wanted.isdecimal() and len(wanted) < 19:
        own = Q(user=request.user, post=post if post and post.pk else None)
        autosave = Autosave.objects.filter(own, pk=wanted).first()
        if autosave:
            return OfAutosave(autosave)
    if post is None or post.pk is None or AS_PUBLISHED in request.GET:
        return None
    change = PendingChange.objects.filter(post=post).first()
    if change is None:
        return None
    state, clashes = pending.merged(change, state_of(post))
    return OfState(state, change, pending.said(clashes))


def pending_shown(request, post):
    """The pending changes that the form shows, or would show again after an error."""
    if post is None or post.pk is None or AS_PUBLISHED in request.GET:
        return None
    if request.method == "POST":
        return PendingChange.objects.filter(post=post).first() if request.POST.get("seen_pending") else None
    return getattr(request.opened, "pending", None)
