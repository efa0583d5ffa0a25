"""Which coding a page travels in."""

import pytest

from informed_comment import encodings

SAID = {
    "gzip, deflate, br, zstd": "zstd",
    "gzip, deflate, br": "br",
    "gzip": "gzip",
    "x-gzip": "gzip",
    "GZIP;Q=0.5": "gzip",
    "": "",
    "identity": "",
    "deflate": "",
    "*": "zstd",
    "*;q=0": "",
    "gzip;q=0": "",
    "zstd;q=0, *": "br",
    "zstd;q=0.1, br;q=0.5, gzip;q=1.0": "gzip",
    "br;q=0.9 , gzip ; q=0.9": "br",
    "identity;q=1, gzip;q=0.5": "",
    "identity;q=0.5, gzip": "gzip",
    "identity;q=0, gzip;q=0.001": "gzip",
    "gzip;q=0.0000": "",
    "gzip;q=1.5": "",
    "gzip;q=nan, br;q=-1": "",
    ",,;;==;q": "",
    "gzip\x00": "",
    "br;" * 3000: "",
    "x" * 8000 + ",gzip": "",
}


@pytest.mark.parametrize("said", SAID)
def test_a_coding_is_chosen_as_the_asker_likes(said):
    assert encodings.chosen(said) == SAID[said]


@pytest.mark.parametrize("coding", ["", *encodings.BEST_FIRST])
def test_what_is_packed_can_be_unpacked(coding):
    body = "مضيق and a strait\n".encode() * 500
    packed = encodings.made(body, coding)
    assert encodings.undone(packed, coding) == body
    assert coding == "" or len(packed) < len(body) / 10
