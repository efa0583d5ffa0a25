"""Files of other programs, and files that are hardly files: each is recognised, read to the end, or refused with a reason."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from newsletter.importing import course, layouts, receiving, words
from newsletter.importing.lines import LONGEST
from newsletter.models import ImportBatch, Subscriber
from tests.newsletter.importing import (
    HEAD,
    counts,
    imported,
    lines_of,
    looked_at,
    of_layout,
    received,
    states,
)

pytestmark = pytest.mark.django_db
EXPECTED = {
    "mailchimp_subscribed": {"ada": "active", "bob": "active"},
    "mailchimp_unsubscribed": {"left": "unsubscribed", "angry": "complained"},
    "mailchimp_cleaned": {"gone": "bounced"},
    "mailchimp_german": {"juergen": "active"},
    "substack": {"ada": "active", "bob": "unsubscribed", "cy": "active"},
    "ghost": {"ada": "active", "bob": "unsubscribed", "cy": "pending", "di": "unsubscribed"},
    "mailpoet": {
        "ada": "active",
        "bob": "unsubscribed",
        "cy": "unsubscribed",
        "di": "pending",
        "ed": "bounced",
        "flo": "pending",
    },
    "beehiiv": {
        "ada": "active",
        "left": "unsubscribed",
        "back": "active",
        "cy": "unsubscribed",
        "di": "pending",
    },
    "buttondown": {
        "ada": "active",
        "bob": "unsubscribed",
        "cy": "pending",
        "di": "complained",
        "ed": "bounced",
    },
    "listmonk": {"ada": "active", "bob": "unsubscribed", "cy": "complained"},
    "curated": {"ada": "active"},
    "tinynews": {"ada": "active", "bob": "unsubscribed", "cy": "unsubscribed"},
    "kit": {"ada": "active", "bob": "unsubscribed", "cy": "pending", "di": "complained"},
    "steady": {"ada": "active", "bob": "unsubscribed"},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_layouts_of_other_programs_are_recognised(name):
    batch = of_layout(name)
    assert batch.layout == name.partition("_")[0]
    imported(batch)
    assert {key.partition("@")[0]: state for key, state in states().items()} == EXPECTED[name]


def test_times_are_kept_in_their_zones():
    imported(of_layout("curated"), zone="America/New_York")
    assert Subscriber.objects.get().confirmed_at == datetime(2021, 2, 4, 5, 55, 20, tzinfo=UTC)
    imported(
        received("email,status,tier,created_at\nbob@example.org,active,free,2021-07-04 07:55:20\n"),
        zone="America/New_York",
    )
    bob = Subscriber.objects.get(key="bob@example.org")
    assert bob.created_at == datetime(2021, 7, 4, 11, 55, 20, tzinfo=UTC)


def test_substacks_digests_become_weekly_ones():
    imported(of_layout("substack"), frequency="every_post")
    chosen = dict(Subscriber.objects.values_list("key", "frequency"))
    assert chosen["ada@example.org"] == "every_post"
    assert chosen["cy@example.org"] == "weekly"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("nonsubscribed_members_export_1.csv", "pending"),
        ("unsubscribed_members_export_1.csv", "unsubscribed"),
        ("cleaned_members_export_1.csv", "bounced"),
        ("subscribed_members_export_1.csv", "active"),
    ],
)
def test_the_name_of_mailchimps_files_counts_where_their_columns_do_not_tell(name, state):
    text = "Email Address,OPTIN_TIME,CONFIRM_TIME,LEID,EUID\nada@example.org,2019-01-01 00:00:00,,1,a\n"
    imported(received(text, name))
    assert states() == {"ada@example.org": state}


def test_columns_of_an_unknown_layout_are_asked_for():
    batch = received("Wer;Wie;Seit\nada@example.org;subscribed;2020-01-02\nbob@example.org;unsubscribed;\n")
    assert (batch.layout, batch.head, batch.delimiter) == ("", ["Wer", "Wie", "Seit"], ";")
    imported(batch, columns={"address": 0, "state": 1, "joined": 2})
    assert states() == {"ada@example.org": "active", "bob@example.org": "unsubscribed"}


def test_names_of_columns_are_guessed_in_any_spelling():
    assert layouts.guessed(["Name", "E-Mail", "Sign-up date", "IP_address", "Subscription Status"]) == {
        "address": 1,
        "state": 4,
        "joined": 2,
        "network": 3,
    }


def test_addresses_alone_need_no_first_row():
    batch = received("ada@example.org\nbob@example.org\nnobody\n")
    assert (batch.layout, batch.has_head) == ("addresses", False)
    imported(batch)
    assert set(states()) == {"ada@example.org", "bob@example.org"}
    assert lines_of(batch, "not_address") == [3]


# Encodings and delimiters

UMLAUTS = (
    "email,name,note\nada@example.org,José Müller,déjà vu à Besançon\nbob@example.org,Zoë,naïve façade\n"
)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (UMLAUTS.encode(), "utf-8"),
        (UMLAUTS.encode("utf-8-sig"), "utf-8-sig"),
        (UMLAUTS.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + UMLAUTS.encode("utf-16-be"), "utf-16"),
        (UMLAUTS.encode("utf-16-le"), "utf-16-le"),
        (UMLAUTS.encode("utf-16-be"), "utf-16-be"),
        (UMLAUTS.encode("cp1252"), "cp1252"),
        (UMLAUTS.encode("mac_roman"), "mac_roman"),
    ],
)
def test_encodings_are_told_apart(content, encoding):
    batch = imported(received(content))
    assert batch.encoding == encoding
    assert set(states()) == {"ada@example.org", "bob@example.org"}
    assert batch.rows.get(line=2).raw == UMLAUTS.splitlines()[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines_are_told_apart(delimiter, end):
    rows = [
        ["email", "name", "note"],
        ["ada@example.org", '"a, b; c | d"', '"two\n\nlines"'],
        ["bob@example.org", "B", ""],
    ]
    batch = imported(received(end.join(delimiter.join(row) for row in rows) + end))
    assert batch.delimiter == delimiter
    assert set(states()) == {"ada@example.org", "bob@example.org"}
    assert lines_of(batch, "new_active")[0] == 2


def test_excels_line_about_the_delimiter_is_no_row():
    batch = imported(received("sep=;\r\nemail;name;note\r\nada@example.org;a,b,c,d;\r\n"))
    assert counts(batch.found) == {"new_active": 1}
    assert lines_of(batch, "new_active") == [3]


# What is hardly a file


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00\x00"])
def test_nothing_is_refused(content):
    with pytest.raises(receiving.CannotRead, match="no row that can be read"):
        received(content)
    assert not ImportBatch.objects.exists()


def test_a_first_row_alone_is_refused():
    batch = looked_at(HEAD)
    assert (batch.state, batch.problem) == (
        "refused",
        "The file has a first row, and no subscribers below it.",
    )


def test_too_large_a_file_is_refused_whole():
    with pytest.raises(receiving.CannotRead, match="larger than 1 MB"):
        receiving.receive(iter([b"a@example.org\n" * 100_000]), name="x.csv", limit=1024 * 1024)


def test_nuls_are_taken_out_and_rows_that_are_not_rows_are_reported():
    text = (
        HEAD
        + "ada\x00@example.org,active,da\x00ily\n"  # 2
        + "\n"
        + "bob@example.org,active\n"  # 4: the frequency is missing
        + "cy@example.org,active,daily,,\n"  # 5: empty cells behind
        + "di@example.org,active,daily,more\n"  # 6: a cell too many
        + '"ed@example.org","act""ish",daily\n'  # 7
        + "flo@example.org,active,daily"  # 8: no end of line
    )
    batch = imported(text)
    assert set(states()) == {"ada@example.org", "cy@example.org", "flo@example.org"}
    assert lines_of(batch, "ragged") == [4, 6]
    assert lines_of(batch, "unreadable") == [7]
    assert batch.rows.get(line=4).remark == "The row has 2 cells and the first row has 3."


def test_a_row_whose_last_cells_say_nothing_is_taken_and_named():
    batch = imported("email,name,note\nada@example.org\nbob@example.org,Bob,a note\n")
    assert counts(batch.found) == {"new_active": 2}
    assert batch.found["new_active"]["remarks"] == 1
    assert "it was taken" in batch.rows.get(line=2).remark


@pytest.mark.parametrize("lines_behind", [3, 2300])
def test_a_quotation_mark_never_closed_swallows_no_row(lines_behind):
    rows = [f"reader{n}@example.org,active,daily" for n in range(lines_behind)]
    batch = looked_at(HEAD + 'ada@example.org,active,"daily\n' + "\n".join(rows) + "\n")
    assert batch.rows.get(line=2).outcome == "ragged"
    assert "quotation mark is opened in line 2" in batch.rows.get(line=2).remark
    assert counts(batch.expected) == {"new_active": lines_behind, "ragged": 1}


def test_a_line_without_end_is_reported_and_takes_no_room():
    long = b"x" * (LONGEST * 40)
    tracemalloc.start()
    batch = imported(
        receiving.receive(iter([HEAD.encode(), long, b"\nada@example.org,active,daily\n", long]), name="x")
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert states() == {"ada@example.org": "active"}
    assert lines_of(batch, "ragged") == [2, 4]
    assert peak < 20 * 1024 * 1024


def test_what_is_no_csv_at_all_harms_nothing():
    noise = bytes(range(256)) * 200
    try:
        batch = imported(receiving.receive([noise], name="picture.png"), columns={"address": 0})
    except receiving.CannotRead:
        return
    assert not set(counts(batch.found)) & {"new_active", "new_pending", "new_left"}
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "value", ["2020-02-31", "yesterday", "2199-01-01", "0001-01-01T00:00:00+14:00", "1900-01-01"]
)
def test_a_time_that_cannot_be_is_named_and_the_row_taken(value):
    batch = imported(f"email,status,tier,created_at\nada@example.org,active,free,{value}\n")
    assert states() == {"ada@example.org": "active"}
    row = batch.rows.get()
    assert f"“{value[:40]}” in the column “created_at” is no time" in row.remark
    assert (datetime.now(UTC) - Subscriber.objects.get().created_at).total_seconds() < 60


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2020-03-04T05:06:07.123Z", "05:06:07"),
        ("2020-03-04 05:06:07 UTC", "05:06:07"),
        ("2020-03-04 05:06:07 +0200", "03:06:07"),
        ("2020-03-04 05:06:07-05:00", "10:06:07"),
        ("04.03.2020 05:06", "05:06:00"),
        ("3/4/2020 5:06 PM", "17:06:00"),
        ("13/4/2020", "00:00:00"),
        ("Mar 4, 2020 05:06 AM", "05:06:00"),
        ("1583298367", "05:06:07"),
    ],
)
def test_times_are_read_as_programs_write_them(text, hour):
    found = words.moment(text, "UTC", datetime(2030, 1, 1, tzinfo=UTC))
    assert f"{found:%H:%M:%S}" == hour
    assert found.year == 2020


@pytest.mark.parametrize("text", ["", " ", "0", "NULL", "0000-00-00 00:00:00", "n/a"])
def test_no_time_is_no_time(text):
    assert words.moment(text, "UTC", datetime(2030, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_read_in_many_goes_a_file_gives_the_same_rows(monkeypatch, encoding):
    monkeypatch.setattr("newsletter.importing.reading.CHUNK", 3)
    rows = [f'reader{n}@example.org,active,"dai\nly é"' for n in range(20)]
    rows += ['ada@example.org,active,"daily', *(f"later{n}@example.org,active,daily" for n in range(20))]
    content = "\r\n".join(["email,state,frequency", *rows]).encode(encoding)
    at_once = looked_at(received(content))
    batch = received(content)
    course.look(batch, frequency="daily", is_declared=True)
    goes = 1
    while course.work(batch.pk, seconds=0.000001):
        goes += 1
    assert goes > 10
    told = [list(one.rows.order_by("line").values_list("line", "raw", "outcome")) for one in (at_once, batch)]
    assert told[0] == told[1]
    assert len(told[0]) == 41
