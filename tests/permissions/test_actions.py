"""Every deed on rows chosen in a list, posted by everybody, also where no button shows it; held against the same table."""

import json
import os
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from tests.permissions import asking, table
from tests.permissions.publication import first_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quietly")]
DEED = "deed "


def every_action():
    """(screen, name) of each, before anybody's rights are looked at."""
    for screen in admin.site._registry.values():
        actions = {action.name for action in screen._get_base_actions()} if screen.actions is not None else ()
        for name in sorted(actions):
            yield screen, name


def posted(walk, somebody, screen, name):
    """What posting it comes to; a deed somebody does not have is refused by words, so it must have written nothing."""
    path = reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")
    row = first_of(screen.opts.label)
    data = {"action": name, ACTION_CHECKBOX_NAME: [row], "index": 0, "post": "yes"}
    answer, wrote = walk.asker.ask(somebody, "POST", path, data)
    is_let_in = asking.meaning(answer, path, "POST") == asking.LET_IN and bool(wrote or answer.streaming)
    return path.strip("/") + "/", is_let_in or (
        answer.status_code == 200 and offered(screen, somebody, name, walk)
    )


def offered(screen, somebody, name, walk):
    """Whether a page that asks once more belongs to the deed, or is just the list again."""
    request = walk.asker.request(somebody, "GET", "/admin/", {})
    request.user = somebody.user
    return name in screen.get_actions(request)


def test_nobody_does_more_to_chosen_rows_than_the_table_says(walk):
    said, _twice = table.rows()
    found = {}
    for screen, name in every_action():
        for somebody in walk.everybody:
            path, may = posted(walk, somebody, screen, name)
            found.setdefault((path, DEED + name), {})[somebody.column] = table.POSTS if may else table.NOTHING
    if folder := os.environ.get("MEASURED"):
        Path(folder, "actions.json").write_text(json.dumps([[*key, cells] for key, cells in found.items()]))
    other = [
        f"{key}: {cells}, the table says {said.get(key)}"
        for key, cells in found.items()
        if said.get(key) != cells
    ]
    assert not other, "\n".join(other)
    assert not {key for key in said if key[1].startswith(DEED)} - set(found)
