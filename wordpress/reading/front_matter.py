"""What stands over the text of a Markdown file, as YAML, TOML or JSON, and what it says in the words of many systems."""

import json
import re
import tomllib
from itertools import islice

import yaml

LARGEST = 128 * 1024  # characters
MOST_ENTRIES = 200
_FENCES = {"---": "---", "+++": "+++", ";;;": ";;;"}
_NOTHING = frozenset({"", "~", "null", "none"})
_TRUE = frozenset({"true", "yes", "on", "1"})
_PARTS = re.compile(r"\s*[,;]\s*")

WORDS = {
    "title": "title",
    "slug": "slug",
    "date": "date publishdate pubdate pub_date published_at publish_date published_date datepublished created created_at",
    "modified": "lastmod updated modified last_modified_at updateddate updated_at modified_at date_modified",
    "excerpt": "excerpt summary standfirst subtitle dek lede description",
    "seo_title": "seo_title seotitle meta_title",
    "seo_description": "seo_description meta_description description",
    "image": "image cover featured_image featuredimage feature_image thumbnail heroimage hero_image hero banner og_image images",
    "image_alt": "image_alt imagealt cover_alt coveralt alt heroimagealt thumbnail_alt featured_image_alt",
    "image_caption": "image_caption imagecaption caption cover_caption featured_image_caption",
    "permalink": "permalink url",
    "aliases": "aliases alias redirect_from redirects old_urls",
    "authors": "authors author byline by writers",
    "categories": "categories category section sections",
    "tags": "tags tag keywords topics",
    "canonical": "canonical canonical_url canonicalurl original_url",
    "layout": "layout type",
}


class CannotRead(ValueError):
    """Why front matter is none, and in which line of the file."""

    def __init__(self, message, line=1):
        super().__init__(message)
        self.line = line


def split(text: str):
    """(the front matter as a dict, the text below it, the line in which that begins). Raises CannotRead."""
    first, _, rest = text.partition("\n")
    fence = first.strip()
    if fence in _FENCES:
        end = re.search(rf"^{re.escape(fence)}[ \t]*\r?$", rest, re.M) or (
            re.search(r"^\.\.\.[ \t]*\r?$", rest, re.M) if fence == "---" else None
        )
        if end is None:
            if fence == "---":
                return {}, text, 1  # a rule at the head of a text
            raise CannotRead(f"the front matter that begins with {fence} does not end")
        head, body = rest[: end.start()], rest[end.end() :]
        return _read(fence, head), body, head.count("\n") + 3
    if text.lstrip().startswith("{") and re.match(r'\s*\{\s*"', text):
        try:
            head, end = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        except (ValueError, RecursionError) as error:
            raise CannotRead(f"the front matter is no JSON: {error}", getattr(error, "lineno", 1)) from error
        body = text.lstrip()[end:]
        return _keyed(head), body, text[: len(text) - len(body)].count("\n") + 1
    return {}, text, 1


def _read(fence, head):
    if len(head) > LARGEST:
        raise CannotRead(f"the front matter is longer than {LARGEST // 1024} kB")
    if fence == "+++":
        try:
            return _keyed(tomllib.loads(head.replace("\r\n", "\n")))
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            raise CannotRead(
                f"the front matter is no TOML: {error}", getattr(error, "lineno", 1) + 1
            ) from error
    if fence == ";;;":
        return _keyed(json.loads(head))
    return _keyed(read_yaml(head))


def read_yaml(text):
    """Everything is text, so that `No`, 012 and a date of 2020-13-45 stay what was written; objects are never made.

    Entries that name others are shared, not copied, and nothing here reads more than two levels: they cannot swell.
    """
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise CannotRead(f"the front matter is no YAML: {error.problem or error.context}", line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CannotRead(f"the front matter is no YAML: {str(error)[:200]}") from error


def _keyed(found):
    if found is None or found == "":
        return {}
    if not isinstance(found, dict):
        raise CannotRead("the front matter is no list of names and values")
    return {
        str(key).strip().lower().replace("-", "_"): value
        for key, value in islice(found.items(), MOST_ENTRIES)
    }


class Said:
    """The values by our own words, whatever the file called them."""

    def __init__(self, head):
        self.head = head

    def any(self, word):
        """The first value that says something, as it stands."""
        for name in WORDS.get(word, word).split():
            if (value := self.head.get(name)) not in (None, [], {}) and not (
                isinstance(value, str) and value.strip().lower() in _NOTHING
            ):
                return value
        return None

    def text(self, word):
        return as_text(self.any(word))

    def many(self, word):
        """A list, or words parted by commas; of entries that say more, their names."""
        value = self.any(word)
        if isinstance(value, list):
            found = [as_text(_name_of(one)) for one in islice(value, MOST_ENTRIES)]
        elif isinstance(value, dict):
            found = [as_text(_name_of(value))]
        else:
            found = _PARTS.split(as_text(value))
        return list(dict.fromkeys(one for one in found if one))

    def is_true(self, name):
        value = self.head.get(name)
        return value is True or as_text(value).lower() in _TRUE

    def is_false(self, name):
        value = self.head.get(name)
        return value is False or as_text(value).lower() in ("false", "no", "off", "0")


def as_text(value):
    """Of a scalar; dates of TOML in their own form."""
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, bool | list | dict):
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _name_of(value):
    if isinstance(value, dict):
        return next((value[key] for key in ("name", "title", "slug", "label") if key in value), "")
    return value
