"""What cells say: states in the words of other products, times in their many forms, networks, names of columns."""

import ipaddress
import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter.models import Subscriber

State = Subscriber.State
ORDER = (State.ACTIVE, State.PENDING, State.UNSUBSCRIBED, State.BOUNCED, State.COMPLAINED)
RANK = {state.value: place for place, state in enumerate(ORDER)}

# Words that mean the same wherever they stand. What a product means by a word of its own stands with its layout.
WORDS = {
    State.ACTIVE: "active subscribed confirmed enabled regular premium gifted trialed churning churned paid past_due",
    State.PENDING: "pending unconfirmed unactivated not_confirmed validating non_subscribed transactional upcoming paused",
    State.UNSUBSCRIBED: "unsubscribed cancelled canceled removed disabled deleted opted_out left",
    State.BOUNCED: "bounced cleaned undeliverable invalid hard_bounced",
    State.COMPLAINED: "complained complaint spam spammy abuse blocked blocklisted",
}
YES, NO = "true yes 1 on t y", "false no 0 off f n"
NOTHING = {"", "0", "null", "none", "nil", "n/a", "-", "0000-00-00 00:00:00", "0000-00-00"}
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
ZONE_AT_END = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
OFFSET_AT_END = re.compile(r"\s+([+-]\d\d:?\d\d)$")
SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T,]+(.*))?$")
FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
)


def normal(text):
    """A name of a column or a word without what differs between exports: case, blanks, underscores, hyphens."""
    return "".join(sign for sign in text.strip("\ufeff").casefold() if sign.isalnum())


def words(**by_state):
    """{normal word: state} from strings of words; "empty" stands for an empty cell."""
    return {
        "" if word == "empty" else normal(word): State[name.upper()]
        for name, text in by_state.items()
        for word in text.split()
    }


COMMON = words(**{state.name: text for state, text in WORDS.items()})


def lower(one, other):
    """The one of two states that lets us do less."""
    return max(one, other, key=RANK.__getitem__)


@lru_cache(maxsize=32)
def zone_named(name):
    return ZoneInfo(name)


def moment(text, zone, latest):
    """The time a cell names, None for none; ValueError for what is no time, or one at which nobody can have acted."""
    text = text.strip()
    if text.lower() in NOTHING:
        return None
    found = parsed(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone_named(zone))
    try:
        found = found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error
    if not LONG_AGO <= found <= latest:
        raise ValueError(text)
    return found


def parsed(text):
    if text.isdecimal() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        plain = ZONE_AT_END.sub("+00:00", OFFSET_AT_END.sub(r"\1", text))
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        return in_other_forms(plain)


def in_other_forms(text):
    """As people's programs write it; 3/4/2020 is the fourth of March, as in America, unless only the other can be."""
    if slashed := SLASHES.match(text):
        month, day, year, rest = slashed.groups()
        if int(month) > 12:
            month, day = day, month
        text = f"{year}/{int(month):02}/{int(day):02}"
        if rest:
            return datetime.combine(datetime.strptime(text, "%Y/%m/%d"), of_day(rest))  # noqa: DTZ007
    for form in FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone of the file is given to it
        except ValueError:
            continue
    raise ValueError(text)


def of_day(text):
    for form in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"):
        try:
            return datetime.strptime(text.strip(), form).time()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)


def network(text):
    """The address of a sender, None when the cell holds none."""
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None
