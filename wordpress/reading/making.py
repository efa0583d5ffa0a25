"""What readers of other systems than WordPress make: records of what they know, dates and addresses of any form."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from wordpress.reading.records import Item

_SPOKEN = (
    "%d %B %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
)
_ZONE = re.compile(r"\s+([+-]\d{2}):?(\d{2})$|\s*(?:UTC|GMT|Z)$")
_IN_PATTERN = re.compile(r"\{(\w+)\}|:(\w+)")


def item(kind, **given) -> Item:
    """A post or page of which the system says no more than this; its body is finished HTML."""
    plain = dict.fromkeys(
        (
            "status",
            "title",
            "link",
            "guid",
            "slug",
            "creator",
            "content",
            "excerpt",
            "password",
            "attachment_url",
        ),
        "",
    )
    moments = dict.fromkeys(("published_at", "published_local", "modified_at", "modified_local"))
    rest = {
        "id": None,
        "parent": None,
        "is_sticky": False,
        "menu_order": 0,
        "has_zero_date": False,
        "is_html": True,
    }
    return Item(type=kind, **plain | moments | rest | given)


def moment(value) -> datetime | None:
    """A date of any kind: text in the forms people and programs write, seconds or milliseconds, a date of YAML's.

    Without a zone it is naive. None for what is no date; nothing before the year 1 or after 9999 is one.
    """
    try:
        return _moment(value)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _moment(value):
    if isinstance(value, bool) or value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value
    if hasattr(value, "year"):
        return datetime.fromisoformat(value.isoformat())
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
    text = str(value).strip()
    if re.fullmatch(r"\d{10,13}", text):
        return _moment(int(text))
    if text.startswith("0000"):
        return None
    text = _ZONE.sub(lambda found: f"{found[1]}:{found[2]}" if found[1] else "+00:00", text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _SPOKEN:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    return parsedate_to_datetime(text)


def moments(name, value, *, zone=None):
    """The two fields of a record for a date: with its zone as `…_at`, without one as `…_local`, unless `zone` is its."""
    found = moment(value)
    if found is not None and found.tzinfo is None and zone:
        found = found.replace(tzinfo=zone)
    is_naive = found is not None and found.tzinfo is None
    return {
        f"{name}_at": None if is_naive else found and found.astimezone(UTC),
        f"{name}_local": found if is_naive else None,
    }


def address(pattern, **parts):
    """A path from a pattern such as `/{year}/{month}/{slug}/`, or `/:year/:title/` as Jekyll writes it."""
    path = _IN_PATTERN.sub(lambda found: str(parts.get(found[1] or found[2], "")), pattern)
    return re.sub(r"/{2,}", "/", path)


def text_of(value) -> str:
    """Of what should be text and may be anything."""
    return (
        value
        if isinstance(value, str)
        else ""
        if value is None or isinstance(value, bool | dict | list)
        else str(value)
    )


def path_of(url) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""
