"""Which addresses are taken: the corpus of isemail (its licence lies beside it), and domains beyond ASCII.

Taken otherwise than isemail says, on purpose: `test@io` is refused (no mail host sits at a top-level domain), and so
are quoted local parts and address literals (addresses.parse says why), and all that RFC 5322 allows in a message
but RFC 5321 does not on the wire.
"""

import contextlib
import json
import re
from email import message_from_bytes, policy
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core import mail

from newsletter.addresses import LONGEST, NotAnAddress, is_address, parse
from newsletter.models import Subscriber

HERE = Path(__file__).resolve().parent
SYMBOLS = {0x2400 + code: code for code in range(33)}  # how the corpus writes control characters
NAUGHTY = next(
    (
        file
        for parent in HERE.parents
        if (file := parent / "shared/data/html/big-list-of-naughty-strings.json").is_file()
    ),
    None,
)


def corpus():
    for case in ElementTree.parse(HERE / "isemail" / "isemail-tests.xml").getroot().iter("test"):
        address = (case.findtext("address") or "").translate(SYMBOLS)
        category = case.findtext("category").removeprefix("ISEMAIL_")
        yield pytest.param(address, category, id=f"{case.get('id')}-{category}")


TAKEN = {"VALID_CATEGORY", "DNSWARN"}
NOT_TAKEN = re.compile(r"test@io|.*\.[a-z]")  # top-level domains: none has mail, none has one letter


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "category"), list(corpus()))
def test_every_address_of_the_corpus_is_taken_or_refused_with_a_sentence(sign_up, address, category):
    answer = sign_up(address)
    assert answer.status_code in (303, 400)
    if category == "ERR":
        assert answer.status_code == 400
    if category in TAKEN and len(address) <= LONGEST and not NOT_TAKEN.fullmatch(address):
        assert answer.status_code == 303
    assert Subscriber.objects.count() == len(mail.outbox) == (answer.status_code == 303)
    for message in mail.outbox:
        sent = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        assert sent["To"].addresses[0].addr_spec == address.strip()


@pytest.mark.skipif(
    NAUGHTY is None, reason="the naughty strings (shared/data/html) are not beside this checkout"
)
def test_naughty_strings_are_no_addresses_and_no_trouble():
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        with pytest.raises(NotAnAddress):
            parse(text)
        for mixed in (f"{text}@example.org", f"reader@{text}", f"reader@{text}.org"):
            with contextlib.suppress(NotAnAddress):
                assert is_address(parse(mixed).key) is None


@pytest.mark.django_db
@pytest.mark.skipif(
    NAUGHTY is None, reason="the naughty strings (shared/data/html) are not beside this checkout"
)
def test_naughty_strings_in_any_field_get_an_answer(sign_up):
    for text in json.loads(NAUGHTY.read_text("utf-8"))[::20]:
        fields = dict.fromkeys(["frequency", "source", "consent", "age"], text)
        assert sign_up(f"reader@{text}", **fields).status_code in (303, 400), text
        assert sign_up("reader@example.org", **fields).status_code in (303, 400), text


@pytest.mark.parametrize(
    ("text", "email", "key"),
    [
        ("  Ada@Example.ORG\t", "Ada@Example.ORG", "ada@example.org"),
        ("ada@bücher.example", "ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("\ufeffada@example.org\u200b", "ada@example.org", "ada@example.org"),
        ("o'brien+news@example.org", "o'brien+news@example.org", "o'brien+news@example.org"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(text, email, key):
    address = parse(text)
    assert (address.email, address.key) == (email, key)


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org\nBcc: all@example.org",
        "ada@example.org\x00",
        "ada@example.org, bob@example.org",
        "Ada <ada@example.org>",
        "ada@foo\uff20bar.example",  # the domain becomes foo@bar.example in ASCII
        "\u212aada@example.org",  # the Kelvin sign, a k in lower case
        "jos\u00e9@example.org",
        "ada@[127.0.0.1]",
        "ada@localhost",
        '"ada"@example.org',
        "ada@example..org",
        "ada@" + "a" * 64 + ".org",
        "ada@" + "\u00fc" * 63 + ".org",
        "a" * 65 + "@example.org",
        "ada@" + "a." * 130 + "org",
        "@",
        "",
        "ada",
        "\udcff@example.org",
    ],
)
def test_what_could_lead_elsewhere_or_nowhere_is_no_address(text):
    with pytest.raises(NotAnAddress):
        parse(text)


@pytest.mark.django_db
def test_a_domain_beyond_ascii_gets_its_mail(sign_up):
    sign_up("ada@bücher.example")
    assert "ada@xn--bcher-kva.example" in str(mail.outbox[0].message())
    sign_up("ada@xn--bcher-kva.example")
    assert Subscriber.objects.count() == 1
