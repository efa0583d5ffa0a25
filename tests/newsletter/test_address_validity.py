"""docs/address-validity.md names every address of the corpus that is decided otherwise than isemail decides, and no other."""

import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import pytest

from newsletter.addresses import NotAnAddress, parse

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parent.parent / "docs" / "address-validity.md").read_text("utf-8")
SYMBOLS = {0x2400 + code: code for code in range(33)}  # how the corpus writes control characters
FIT, FOR_A_MESSAGE = {"VALID_CATEGORY", "DNSWARN", "RFC5321"}, {"CFWS", "DEPREC", "RFC5322"}
ROW = re.compile(r"^\| `(\w+)` \| ([\d, ]+) \| (.*) \|$", re.MULTILINE)


def is_taken(address):
    try:
        parse(address)
    except NotAnAddress:
        return False
    return True


def decided():
    """{(category as read, taken or not): {diagnosis: numbers}}"""
    found = defaultdict(lambda: defaultdict(list))
    for case in ElementTree.parse(HERE / "isemail" / "isemail-tests.xml").getroot().iter("test"):
        address = (case.findtext("address") or "").translate(SYMBOLS)
        category = case.findtext("category").removeprefix("ISEMAIL_")
        read = "fit" if category in FIT else "message" if category in FOR_A_MESSAGE else "wrong"
        diagnosis = case.findtext("diagnosis").removeprefix("ISEMAIL_")
        found[read, is_taken(address)][diagnosis].append(int(case.get("id")))
    return found


def listed(heading):
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return {name: [int(n) for n in numbers.split(",")] for name, numbers, _ in ROW.findall(section)}


@pytest.mark.parametrize(
    ("heading", "read", "taken"),
    [
        ("Fit, yet refused", "fit", False),
        ("Not fit, yet taken", "message", True),
        ("Fit for a message only, and refused", "message", False),
    ],
)
def test_each_difference_is_named_and_each_named_is_one(heading, read, taken):
    assert listed(heading) == decided()[read, taken]


def test_nothing_that_is_wrong_is_taken_and_the_page_counts_right():
    found = decided()
    assert not found["wrong", True]
    total = sum(len(numbers) for groups in found.values() for numbers in groups.values())
    assert f"{total} addresses" in PAGE


def test_every_difference_is_argued():
    for heading in ("Fit, yet refused", "Not fit, yet taken"):
        section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        assert all(len(why) > 60 for _, _, why in ROW.findall(section))


@pytest.mark.parametrize("text", ["josé@example.org", "foo@bar＠example.org", "a@foo＠bar.example"])
def test_what_the_page_says_beyond_the_corpus_is_refused(text):
    assert not is_taken(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada@Example.org", "ada@example.ORG", True),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", True),
        ("\u00a0ada@example.org\u200b", "ada@example.org", True),
        ("a.da@example.org", "ada@example.org", False),
        ("ada+news@example.org", "ada@example.org", False),
    ],
)
def test_what_the_page_says_is_one_mailbox_has_one_key(one, other, same):
    assert (parse(one).key == parse(other).key) is same
