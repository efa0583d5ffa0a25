"""The first page of the newsroom. Each app adds its own panels by naming them in DASHBOARD_PANELS.

A panel is a function of the request that returns a Panel, or None for somebody it is not meant for.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass
class Item:
    """One line of a panel: what it is, where it leads, and a few words beside it."""

    label: str
    url: str
    note: str = ""
    when: object = None


@dataclass
class Panel:
    """A heading, its lines, where the whole list is, and what to say when there are none. A `figure` is a few letters
    that stand large above them; a `note` is a sentence.

    One that is not made of lines names its own `template`, which takes `context`.
    """

    title: str
    items: list = field(default_factory=list)
    more_url: str = ""
    more_label: str = "All"
    empty: str = "Nothing here."
    figure: str = ""
    note: str = ""
    template: str = ""
    context: dict = field(default_factory=dict)


def panels(request):
    """The panels this request's user may see, in the order of the setting."""
    made = (import_string(name)(request) for name in settings.DASHBOARD_PANELS)
    return [panel for panel in made if panel is not None]
