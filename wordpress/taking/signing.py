"""Bylines that stood in the text: its first line, made the byline where the operator asked for it."""

from dataclasses import dataclass, field

from wordpress.bodies import signs
from wordpress.bodies.notes import Told
from wordpress.reading.records import Problem
from wordpress.taking.addresses import host_of

SAMPLES = 20
COUNTED = "first line “By …” made the byline"


@dataclass(frozen=True, slots=True)
class Signing:
    """`content` is the body without the line; `told` says what went; `fields` credit another publication."""

    content: str
    told: Told
    authors: list
    fields: dict = field(default_factory=dict)


def signing_of(item, run) -> Signing | None:
    sign = signs.signed(item.content) if run.options.signs_from_text else None
    if sign is None:
        return None
    content, fields = sign.rest, {}
    if sign.address.startswith(("http://", "https://")) and not run.uploads.is_own(sign.address):
        fields = {"original_url": sign.address[:500], "original_name": sign.place[:200]}
    elif sign.place and not _is_own(sign, run):
        content = sign.with_place()
    run.report.notes[COUNTED] += 1
    if run.is_dry_run and run.report.notes[COUNTED] <= SAMPLES:
        credit = f", and {sign.place} where it came out first" if fields else ""
        said = f"“{' | '.join(sign.names)}” would be the byline, taken from its first line{credit}"
        run.report.problem(Problem("odd", said, run.file, item.line))
    told = Told(
        "byline taken out of the text", gone=sign.line, come="" if content == sign.rest else sign.place
    )
    authors = (run.people.named(name) for name in sign.names)
    return Signing(content, told, list(dict.fromkeys(author for author in authors if author)), fields)


def _is_own(sign, run):
    """The publication named is the one that moves here."""
    name = sign.place.casefold().removeprefix("www.")
    is_linked = sign.address.startswith("/") or bool(sign.address and run.uploads.is_own(sign.address))
    return is_linked or name in (run.site.title.casefold(), host_of(run.site.address).casefold())
