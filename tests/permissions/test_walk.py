"""Every address, asked by everybody with every method, of what is theirs and of what is not; held against docs/security.md.

Whoever adds a screen adds its row: a failure prints it as it was measured. Look at it before you copy it.
"""

import json
import os
import re
from pathlib import Path

import pytest

from tests.permissions import addresses, asking, shown, table
from tests.permissions.asking import LET_IN
from tests.permissions.people import COLUMNS
from tests.permissions.publication import choices_for

pytestmark = pytest.mark.django_db
quietly = pytest.mark.usefixtures("quietly")
SIGN_IN = "admin/login/"  # whoever is signed in is led on from it, by GET alone
UNKNOWN_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def measured(walk, column):
    """{(address, whose): {method: meaning}} for one of everybody, and what should never be."""
    somebody = next(one for one in walk.everybody if one.column == column)
    found, wrong = {}, []
    for address in addresses.every_address():
        if not re.search(os.environ.get("ONLY", ""), address.written):
            continue
        for whose, values in choices_for(address, somebody, walk.values):
            path, meant = address.filled(values), {}
            for method in ("GET", "POST", "HEAD"):
                if method == "HEAD" and meant["GET"] == LET_IN:
                    continue  # nothing more is had by it
                answer, wrote = walk.asker.ask(somebody, method, path)
                meant[method] = asking.meaning(answer, path, method)
                if answer.status_code >= 500 and answer.status_code != 503:
                    wrong.append(f"{method} {path} failed with {answer.status_code}: {walk.asker.failed!r}")
                if wrote and meant[method] != LET_IN and not asking.is_counting(wrote):
                    wrong.append(f"{method} {path} turned {column} away and wrote {wrote[0][:80]}")
            if meant.pop("HEAD", None) == LET_IN and address.written != SIGN_IN:
                wrong.append(f"HEAD {path} lets {column} in, GET does not")
            found[address.written, whose] = {name: meaning == LET_IN for name, meaning in meant.items()}
    return found, wrong


@quietly
@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_gets_further_than_the_table_says(walk, column):
    said, _twice = table.rows()
    found, wrong = measured(walk, column)
    if folder := os.environ.get("MEASURED"):
        cells = {f"{address}|{whose}": table.cell(answers) for (address, whose), answers in found.items()}
        Path(folder, f"{column}.json").write_text(json.dumps(cells))
    assert not wrong, "\n".join(wrong[:50])
    other = [
        f"{address} {whose}: {column} {table.cell(answers)}, the table says {said.get((address, whose), {}).get(column, 'nothing of it')}"
        for (address, whose), answers in found.items()
        if said.get((address, whose), {}).get(column) != table.cell(answers)
    ]
    assert not other, "\n".join(other)


def test_every_row_of_the_table_has_an_address_and_stands_once(walk):
    said, twice = table.rows()
    chief = next(one for one in walk.everybody if one.column == "superuser")
    there = {
        (address.written, whose)
        for address in addresses.every_address()
        for whose, _values in choices_for(address, chief, walk.values)
    }
    assert not twice
    assert not {key for key in said if not key[1].startswith("deed ")} - there


@quietly
def test_nothing_answers_to_a_method_the_site_does_not_know(walk):
    nobody, chief = walk.everybody[0], walk.everybody[-1]
    answered = [
        f"{method} {path}"
        for address in addresses.every_address()
        for whose, values in choices_for(address, nobody, walk.values)
        for path in [address.filled(values)]
        for somebody in (nobody, chief)
        for method in UNKNOWN_METHODS
        if asking.meaning(walk.asker.ask(somebody, method, path)[0], path, method) == LET_IN
    ]
    assert not answered, "\n".join(answered[:50])


@pytest.mark.usefixtures("undisturbed")
@pytest.mark.parametrize("column", ["no group", "Author", "Editor", "Administrator"])
def test_whatever_the_newsroom_shows_leads_somewhere(walk, column):
    crawl = shown.Crawl(walk.asker, next(one for one in walk.everybody if one.column == column))
    seen = crawl.go()
    assert not crawl.led_away, "\n".join(crawl.led_away)
    assert seen > 20 or column == "no group"
