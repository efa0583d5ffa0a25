"""Two versions of one text put together: what one side changed is taken, what both changed is left to somebody."""

from hypothesis import given
from hypothesis import strategies as st

from posts.merging import BOTH, MINE, SAME, THEIRS, merge

BASE = "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p>"


def told(mine, theirs, base=BASE):
    return [
        (one.choice, one.is_clash, one.mine, one.theirs)
        for one in merge(mine, theirs, base)
        if one.choice != SAME
    ]


def result(mine, theirs, base=BASE):
    return "".join(one.html for one in merge(mine, theirs, base))


def test_what_only_one_side_changed_is_taken_from_that_side():
    mine = BASE.replace("One.", "One, mine.")
    theirs = BASE.replace("Four.", "Four, theirs.")
    assert told(mine, theirs) == [
        (MINE, False, "<p>One, mine.</p>", "<p>One.</p>"),
        (THEIRS, False, "<p>Four.</p>", "<p>Four, theirs.</p>"),
    ]
    assert result(mine, theirs) == "<p>One, mine.</p><p>Two.</p><p>Three.</p><p>Four, theirs.</p>"


def test_neighbouring_paragraphs_changed_by_one_each_are_no_clash():
    mine, theirs = BASE.replace("Two.", "Two, mine."), BASE.replace("Three.", "Three, theirs.")
    assert result(mine, theirs) == "<p>One.</p><p>Two, mine.</p><p>Three, theirs.</p><p>Four.</p>"
    assert not any(clash for _, clash, *_ in told(mine, theirs))


def test_a_paragraph_both_changed_is_a_clash_in_which_mine_stands_until_decided():
    mine, theirs = BASE.replace("Two.", "Two, mine."), BASE.replace("Two.", "Two, theirs.")
    assert told(mine, theirs) == [(MINE, True, "<p>Two, mine.</p>", "<p>Two, theirs.</p>")]
    [clash] = [one for one in merge(mine, theirs, BASE) if one.is_clash]
    clash.choice = BOTH
    assert clash.html == "<p>Two, mine.</p><p>Two, theirs.</p>"


def test_the_same_change_on_both_sides_is_none():
    both = BASE.replace("Two.", "Deux.")
    assert told(both, both) == []


def test_what_one_added_and_the_other_deleted_elsewhere_both_happen():
    mine, theirs = BASE.replace("<p>One.</p>", ""), BASE + "<p>Five.</p>"
    assert result(mine, theirs) == "<p>Two.</p><p>Three.</p><p>Four.</p><p>Five.</p>"


def test_items_of_a_list_are_merged_one_by_one():
    base = "<ul><li>Rice</li><li>Oil</li><li>Gas</li></ul>"
    mine = "<ul><li>Rice</li><li>Crude oil</li><li>Gas</li></ul>"
    theirs = "<ul><li>Rice</li><li>Oil</li><li>Gas</li><li>Tea</li></ul>"
    assert result(mine, theirs, base) == "<ul><li>Rice</li><li>Crude oil</li><li>Gas</li><li>Tea</li></ul>"


def test_without_the_text_both_began_from_all_that_differs_is_to_be_decided():
    mine, theirs = BASE.replace("One.", "One, mine."), BASE.replace("Four.", "Four, theirs.")
    assert [clash for _, clash, *_ in told(mine, theirs, None)] == [True, True]
    assert result(mine, theirs, None) == mine


def test_blanks_between_paragraphs_are_no_difference():
    assert told(BASE.replace("><", ">\n\n<"), BASE) == []


PARTS = st.lists(
    st.sampled_from(
        ["<p>a</p>", "<p>b</p>", "<p>c</p>", "<ul><li>d</li><li>e</li></ul>", "<ul><li>d</li></ul>"]
    ),
    max_size=7,
).map("".join)


@given(PARTS, PARTS, PARTS)
def test_each_whole_version_can_always_be_chosen(mine, theirs, base):
    for given_base in (base, None):
        stretches = merge(mine, theirs, given_base)
        assert "".join(one.mine for one in stretches) == mine
        assert "".join(one.theirs for one in stretches) == theirs


@given(PARTS, PARTS)
def test_who_changed_nothing_gets_the_others_text(mine, base):
    assert "".join(one.html for one in merge(mine, base, base)) == mine
    assert "".join(one.html for one in merge(base, mine, base)) == mine
