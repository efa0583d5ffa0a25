"""The outside of every mail, whatever the publication and its posts are called."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from types import SimpleNamespace

import pytest

from informed_comment import envelopes
from informed_comment.models import Publication
from newsletter.messages import LINK_KEY, Letterhead

pytestmark = pytest.mark.django_db
TITLES = [
    "Informed Comment",
    "Café — Fundstücke",
    "تعليق مستنير",
    'The "Quoted", <angled> & (bracketed); one@two.example',
    "Line\r\nBcc: everybody@evil.example",
    "Line\u2028Bcc: x@evil.example\u2029\x85\x0b\x0c\x1c",
    "Bell\x07 and\x1b[31m escape\x7f",
    "Bücher " * 17,
    "🙂" * 100,
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("subject", [*TITLES[:2], *TITLES[4:7], "Wörter und Worte " * 120])
def test_no_title_and_no_subject_adds_a_header_or_breaks_one(title, subject):
    Publication.objects.update_or_create(pk=1, defaults={"title": title[:120]})
    variant = SimpleNamespace(html="<p>Text</p>", text="Text", subject=subject)
    raw = (
        Letterhead(SimpleNamespace(pk=1, kind="daily"), variant)
        .finished(1, "ada@example.org", LINK_KEY)
        .content
    )
    message = message_from_bytes(raw, policy=policy.default)
    names = [name.lower() for name in message]
    assert len(names) == len(set(names))
    assert "bcc" not in names
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))
    assert not message["From"].defects
    assert len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "newsletter@localhost"
    plain = message_from_bytes(raw)  # the newer parser puts blanks between the encoded words of a name
    name, address = parseaddr(plain["From"])
    assert address == "newsletter@localhost"
    assert str(make_header(decode_header(name))) == envelopes.one_line(title[:120])
    assert str(make_header(decode_header(plain["Subject"]))) == envelopes.one_line(subject)


def test_signs_that_steer_terminals_are_no_part_of_a_line():
    assert envelopes.one_line("a\x07b\x1b[31m\r\nc\u2028d\x00") == "ab[31m c d"
