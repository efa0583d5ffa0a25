"""Reads a folder (or zip) of Markdown files with front matter, as Jekyll, Hugo, Astro, Eleventy and their like keep them.

Pictures named by a path within the folder get the address `/path/in/the/folder`, under which the import finds them there.
"""

import json
import re
import tomllib
from pathlib import PurePosixPath

from wordpress.reading import front_matter
from wordpress.reading.bundle import opened
from wordpress.reading.front_matter import Said, as_text
from wordpress.reading.markdown_texts import Texts
from wordpress.reading.records import Author, Hints, Problem, Records, Site, WxrError

TEXTS = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
OTHERS = {
    ".adoc": "AsciiDoc",
    ".rst": "reStructuredText",
    ".org": "Org",
    ".asciidoc": "AsciiDoc",
    ".textile": "Textile",
}
LARGEST_TEXT = 10 * 1024 * 1024
CONFIGS = (
    "_config.yml",
    "_config.yaml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.json",
)
STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
}
_NOT_TEXTS = re.compile(
    r"(^|/)(readme|license|licence|contributing|changelog|code_of_conduct|agents|claude)\.\w+$", re.I
)
_PASSED_OVER = re.compile(
    r"(^|/)(_site|public|themes|archetypes|_includes|_layouts|layouts|vendor|dist|test|tests)/"
)


class NotMarkdown(WxrError):
    """A folder or zip without a single Markdown file."""


def read(source, hints: Hints | None = None) -> Records:
    hints = hints or Hints()
    with opened(source) as bundle:
        texts = [entry for entry in bundle.ending(*TEXTS, ".html") if not _PASSED_OVER.search(entry.name)]
        if not any(entry.ending in TEXTS for entry in texts):
            raise NotMarkdown(
                f"There is no Markdown file in {bundle.name}. Give the folder that holds the posts."
            )
        for name in bundle.refused:
            yield Problem(
                "broken", "a name that leads out of the folder; passed over", f"{bundle.name}/{name}"
            )
        config = {}
        for name in CONFIGS:
            if name in bundle.names:
                config, problem = _config(bundle, name)
                yield from [problem] if problem else []
                break
        yield _site(bundle, config, hints)
        yield from _authors(bundle)
        makers = Texts(bundle, hints.pattern or _pattern(config), hints.has_sections)
        for entry in texts:
            yield from _text(bundle, entry, makers)
        for entry in bundle.ending(*OTHERS):
            yield Problem("skipped", f"{OTHERS[entry.ending]} is not read", f"{bundle.name}/{entry.name}")


def _text(bundle, entry, makers):
    """A file without front matter is a text too, if it is Markdown and not about the folder itself."""
    label = f"{bundle.name}/{entry.name}"
    if _NOT_TEXTS.search(entry.name):
        yield Problem("skipped", "it is about the folder, not a text of the site", label)
        return
    if PurePosixPath(entry.name).stem == "_index":
        yield Problem("skipped", "Hugo's page of a section; sections come in with their posts", label)
        return
    try:
        source = bundle.read(entry.name, LARGEST_TEXT).decode("utf-8-sig", "replace").replace("\r\n", "\n")
        if "�" in source:
            yield Problem("repair", "letters that are not UTF-8 replaced by a mark", label)
        head, body, line = front_matter.split(source)
    except (OSError, front_matter.CannotRead, ValueError, RecursionError) as error:
        yield Problem("broken", f"{error}; this file is lost", label, getattr(error, "line", 0))
        return
    if entry.ending == ".html" and not head:
        return
    made, problems = makers.item(entry.name, Said(head), body, line)
    for kind, message in problems:
        yield Problem(kind, message, label)
    yield made


# What stands beside the texts


def _read_data(bundle, name):
    text = bundle.read(name, 1024 * 1024).decode("utf-8-sig", "replace")
    if name.endswith(".toml"):
        return tomllib.loads(text)
    return json.loads(text) if name.endswith(".json") else front_matter.read_yaml(text)


def _config(bundle, name):
    """(the site's own settings, a Problem if they cannot be read)."""
    try:
        found = _read_data(bundle, name)
    except (OSError, ValueError, RecursionError) as error:
        return {}, Problem(
            "odd", f"cannot be read: {error}", f"{bundle.name}/{name}", getattr(error, "line", 0)
        )
    return (
        {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
    ), None


def _site(bundle, config, hints):
    address = hints.address or as_text(config.get("url")) or as_text(config.get("baseurl"))
    address = address if address.startswith(("http://", "https://")) else ""
    return Site(
        title=as_text(config.get("title")),
        link=address,
        base_blog_url=address,
        description=as_text(config.get("description")),
        language=as_text(config.get("lang")) or as_text(config.get("languagecode")),
        generator="Markdown",
        file=bundle.name,
    )


def _pattern(config):
    """Jekyll's `permalink`, or Hugo's `[permalinks]` of posts; empty where the folder decides."""
    found = config.get("permalink") or config.get("permalinks")
    if isinstance(found, dict):
        inner = found.get("page") if isinstance(found.get("page"), dict) else found
        found = next(
            (inner[key] for key in ("posts", "post", "blog", "articles") if as_text(inner.get(key))), ""
        )
    found = as_text(found)
    return STYLES.get(found, found if found.startswith("/") else "")


def _authors(bundle):
    """`_data/authors.yml`, as Jekyll's themes have it: key → name, bio and so on."""
    for name in (
        "_data/authors.yml",
        "_data/authors.yaml",
        "_data/authors.json",
        "data/authors.yaml",
        "data/authors.toml",
    ):
        if name not in bundle.names:
            continue
        try:
            found = _read_data(bundle, name)
        except (OSError, ValueError, RecursionError) as error:
            yield Problem("odd", f"cannot be read: {error}", f"{bundle.name}/{name}")
            continue
        for login, about in found.items() if isinstance(found, dict) else ():
            if isinstance(about, dict):
                yield _author(str(login), Said({str(key).lower(): value for key, value in about.items()}))


def _author(login, said):
    return Author(
        id=None,
        login=login,
        email=said.text("email"),
        display_name=said.text("name") or said.text("display_name") or login,
        first_name="",
        last_name="",
        bio=said.text("bio"),
        website=said.text("website") or said.text("url") or said.text("web"),
        portrait=said.text("avatar") or said.text("picture"),
    )
