"""Every address of the site, taken from the resolver itself, as it is written in docs/security.md."""

import re
from dataclasses import dataclass

from django.contrib import admin
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

PERMALINK = r"[0-9]{4}/[0-9]{2}/[^/?#]+?\.html"
NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
QUERIES = {  # without which there is nothing to show
    "admin/autocomplete/": "?app_label=posts&model_name=byline&field_name=author&term=a",
    "admin/posts/post/<pk>/revisions/compare/": "?one={number}&other={number}",
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """`written` is how the table has it; `parts` are what has to be filled in; `room` is the model whose screen it is."""

    written: str
    parts: tuple[str, ...]
    room: str

    def filled(self, values):
        path = "/" + PARAMETER.sub(lambda found: str(values[found[1]]), self.written)
        return path + QUERIES.get(self.written, "").format(**values)


def written(pattern):
    """A pattern as people read it: `<name>` for what varies."""
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = text.replace(PERMALINK, "<permalink>")
        text = NAMED.sub(r"<\1>", text).strip("^$").replace("/?", "/").replace("\\", "")
    return PARAMETER.sub(r"<\1>", text)


def every_address():
    """All of them, each once, in the order in which they are asked."""
    found = {}
    for text in walk(get_resolver()):
        found.setdefault(text, Address(text, tuple(PARAMETER.findall(text)), room_of(text)))
    return list(found.values())


def walk(resolver, before=""):
    for pattern in resolver.url_patterns:
        text = before + written(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, text)
        else:
            yield text


def room_of(text):
    """app.Model whose admin has the address; empty for others."""
    parts = text.split("/")
    for model in admin.site._registry:
        if parts[:3] == ["admin", model._meta.app_label, model._meta.model_name]:
            return model._meta.label
    return ""
