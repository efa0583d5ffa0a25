"""What the form of a post says about texts of the user's own that were kept and never saved: when, what differs, what now."""

import uuid
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import capfirst, truncatechars
from django.urls import reverse
from django.utils import timezone
from taggit.forms import TagField
from taggit.utils import parse_tags

from informed_comment.html import plain_text
from posts import autosaving, differences
from posts.admin import opening
from posts.differences import Changed
from posts.models import Autosave, Byline

SHOWN = 20  # texts of posts never saved
FIRST_WORDS = 70  # characters


@dataclass
class Offer:
    """A kept text, what bringing it back would change, and where that is done; no address when it can only be copied."""

    autosave: Autosave
    changes: list
    words: str = ""
    recover_url: str = ""
    is_behind: bool = False
    copy: str = ""

    @property
    def said_at(self):
        """When it was typed: the hour alone for today."""
        return moment_said(self.autosave.typed_at)


def moment_said(moment):
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return f"{local:%H:%M}" if is_today else f"{local.day} {local:%B %Y}, {local:%H:%M}"


# What a form shows, in words


def readable(form, name):
    """The value of a field as somebody reads it."""
    bound, value = form.fields[name], form[name].value()
    if value in (None, "", []):
        return ""
    match bound:
        case TagField():
            return ", ".join(sorted(parse_tags(bound.widget.format_value(value))))
        case forms.ModelMultipleChoiceField():
            rows = chosen(bound, value)
            return ", ".join(str(rows[pk]) for pk in map(str, value) if pk in rows)
        case forms.ModelChoiceField():
            return "".join(str(row) for row in chosen(bound, [value]).values())
        case forms.BooleanField():
            return "yes" if value else ""
        case forms.ChoiceField():
            return str(dict(bound.choices).get(value, value))
        case forms.DateTimeField():
            return date_said(bound, value)
    return "\n".join(str(value).split("\r\n")).strip()


def chosen(bound, values):
    """The rows a browser has named by their ids, whatever else it may have sent."""
    ids = [str(getattr(value, "pk", value)) for value in values]
    ids = [pk for pk in ids if pk.isdecimal() and len(pk) < 19]
    return {str(pk): row for pk, row in bound.queryset.in_bulk(ids).items()} if ids else {}


def date_said(bound, value):
    try:
        return f"{timezone.localtime(bound.to_python(value)):%d %B %Y, %H:%M}"
    except (ValidationError, ValueError, OverflowError):
        return str(value)


def signed(lines):
    return ", ".join(f"{author} ({Byline.Role(role).label})" for author, role in lines)


def said(form, opened):
    """Name → (label, what the form shows under it), for all that somebody can change; the body as HTML."""
    words = {
        name: (capfirst(form[name].label), readable(form, name))
        for name in form.fields
        if not form.fields[name].widget.is_hidden
    }
    return words | {
        "authors": ("Byline", signed(opening.byline_of(form.instance, opened))),
        "corrections": ("Corrections", corrections(form.instance, opened)),
    }


def corrections(post, opened):
    """All corrections as one text; those a form was sent with stand for the stored ones."""
    typed = getattr(opened, "corrections", None)
    texts = typed() if typed else None
    if texts is None:
        texts = [made.text for made in post.corrections.all()] if post.pk else []
    return "\n".join(filter(None, (plain_text(text).strip() for text in texts)))


def changes(form, autosave):
    """What the kept text would change in what the form shows."""
    opened = opening.OfAutosave(autosave)
    filled = type("Filled", (type(form),), {"opened": opened})(instance=form.instance)
    was, now = said(form, form.opened), said(filled, opened)
    found = []
    for name, (label, new) in now.items():
        old = was.get(name, ("", ""))[1]
        if name == "body" and old != new:
            found.append(Changed(name, label, blocks=differences.of_texts(old, new, around=0)))
        elif name != "body" and old.split() != new.split():
            found.append(Changed(name, label, pieces=differences.of_words(old, new)))
    return found


def typed_texts(autosave):
    """What was typed, beside nothing: where no form can be filled with it, or there is no post yet."""
    data = opening.data_of(autosave.text)
    typed = {name: data.get(name, "").strip() for name in ("title", "standfirst", "body")}
    found = [
        Changed(name, name.capitalize(), pieces=differences.of_words("", typed[name]))
        for name in ("title", "standfirst")
        if typed[name]
    ]
    if typed["body"]:
        found.append(Changed("body", "Text", blocks=differences.of_texts("", typed["body"])))
    return found, typed["body"]


def first_words(autosave):
    """The title, or how the text begins."""
    data = opening.data_of(autosave.text)
    begun = data.get("title", "").strip() or plain_text(data.get("body", "")[:5000]).strip()
    return truncatechars(" ".join(begun.split()), FIRST_WORDS) or "no words yet"


# What is offered


def address(post=None, *, recover=None):
    """The form of the post, or of a new one, filled with a kept text if its row is given."""
    name = "admin:posts_post_change" if post else "admin:posts_post_add"
    url = reverse(name, args=[post.pk] if post else [])
    return f"{url}?recover={recover}" if recover else url


def offer_of(form, autosave, *, may_save=True):
    """The kept text with what differs, or None when saving it would change nothing."""
    post = form.instance if form.instance.pk else None
    if post is None or not may_save:
        found, body = typed_texts(autosave)
    else:
        found, body = changes(form, autosave), ""
    if not found:
        return None
    return Offer(
        autosave,
        found,
        words=first_words(autosave),
        recover_url=address(post, recover=autosave.pk) if may_save else "",
        is_behind=bool(post and autosave.base_version and autosave.base_version < post.version),
        copy="" if may_save else body,
    )


def offers(request, form, *, may_save=True, but=None):
    """(offers, the row that needs none because it says what the form shows already)."""
    found, same = [], None
    rows = autosaving.of(request.user, form.instance).exclude(pk=but).order_by("-typed_at")
    for autosave in rows[:SHOWN]:
        offer = offer_of(form, autosave, may_save=may_save)
        if offer:
            found.append(offer)
        elif form.instance.pk:
            same = autosave
    return found, same


# What the form tells its script


@dataclass
class Keeping:
    """For `_keeping.html` and `_kept.html`."""

    offers: list
    recovered: Offer | None
    key: str
    row: str
    window: str
    data: dict


def keeping(request, form, *, may_save):
    """What the form of a post needs to be kept; read before anything is typed."""
    post = form.instance if form.instance.pk else None
    opened = getattr(request, "opened", None)
    recovered = opened.autosave if isinstance(opened, opening.OfAutosave) else None
    key = request.POST.get("kept_key") or (str(recovered.key) if recovered else str(uuid.uuid4()))
    row, found, brought = request.POST.get("kept_row", ""), [], None
    if request.method == "GET":
        found, same = offers(request, form, may_save=may_save, but=recovered and recovered.pk)
        own = recovered or same
        row = f"{own.pk}.{own.number}" if own else ""
    if recovered:
        plain = type("Plain", (type(form),), {"opened": opening.opened_for(request, post, recover=False)})
        brought = offer_of(plain(instance=form.instance), recovered)
    data = {
        "scope": f"post:{post.pk}" if post else "post:new",
        "post": post.pk if post else "",
        "user": request.user.pk,
        "changes": reverse("admin:posts_post_revisions", args=[post.pk]) if post else "",
        "name": request.user.get_full_name() or request.user.get_username(),
        "saved-windows": " ".join(request.session.pop("saved_windows", [])),
        **addresses(),
    }
    return Keeping(found, brought, key, row, request.POST.get("kept_window", ""), data)


def addresses():
    """Where the script sends what was typed, and what else it asks."""
    asked = ("autosave", "presence", "offers", "look", "autosaved")
    signing_in = f"{reverse('admin:login')}?next={reverse('admin:signed_in')}"
    return {name: reverse(f"admin:posts_post_{name}") for name in asked} | {
        "session": reverse("admin:session"),
        "login": signing_in,
    }
