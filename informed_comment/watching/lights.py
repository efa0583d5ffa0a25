"""Whether all is well, as lights: each says how one thing is and, when it is not well, what to do.

Rooms name theirs in the setting STATUS_LIGHTS: functions without arguments that return lights. The status page of the
newsroom shows them, and whoever watches from outside is told of them.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


class State(StrEnum):
    GOOD = "good"
    WATCH = "watch"  # will need somebody, but not tonight
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Light:
    """`name` in two or three words, `says` a sentence, `cure` what to do, which every light that is not good has."""

    name: str
    state: State
    says: str
    cure: str = ""

    def __post_init__(self):
        if self.state is not State.GOOD and not self.cure:
            raise ValueError(f"The light “{self.name}” is {self.state} and names no cure.")


def lights():
    """All of them, in the order of the setting. One that cannot be read is a bad light itself, and hides no other."""
    found = []
    for name in settings.STATUS_LIGHTS:
        try:
            found += import_string(name)()
        except Exception as error:
            log.exception("The light %s cannot be read", name)
            found.append(
                Light(
                    name,
                    State.BAD,
                    f"It cannot be read: {error}",
                    "Look into the log; then load this page again.",
                )
            )
    return found
