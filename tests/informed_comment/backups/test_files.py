"""Whatever stands in a file: a backup that is right is taken, and anything else ends in one sentence, with nothing touched."""

import io
import json
import random
import tarfile

import pytest
import zstandard
from django.core.management import CommandError

from informed_comment.backups import making, partial, restoring
from informed_comment.backups.checking import check
from informed_comment.backups.trouble import Trouble
from posts.models import Post
from tests.informed_comment.backups.conftest import command, wipe

HEAD = {
    "format": 1,
    "site": "http://x",
    "moment": "2026-01-01T00:00:00+00:00",
    "newsletter_key": "",
    "migrations": {},
    "tables": [],
}
END = {"tables": {}, "sequences": {}, "files": {"count": 0, "bytes": 0}}


def member(name, content=b"", **more):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    for key, value in more.items():
        setattr(entry, key, value)
    return entry, content


def packed(*members, head=HEAD, end=END, form=tarfile.PAX_FORMAT):
    """A file that says it is a backup."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for entry, content in [
            member("head.json", json.dumps(head).encode()),
            *members,
            member("manifest.json", json.dumps(end).encode()),
        ]:
            archive.addfile(entry, io.BytesIO(content))
    return zstandard.ZstdCompressor().compress(out.getvalue()[: -(out.tell() % 10240) or None])


def tar_of(content):
    return zstandard.ZstdDecompressor().decompressobj().decompress(content)


def refusal(content):
    with pytest.raises(Trouble) as caught:
        check(io.BytesIO(content))
    assert "object has no" not in str(caught.value)
    return str(caught.value)


def ended(content):
    """Less the filling that tarfile writes behind the end."""
    plain = tar_of(content).rstrip(b"\0")
    plain += bytes(-len(plain) % 512 + 1024)
    return zstandard.ZstdCompressor().compress(plain)


def test_what_the_next_tests_change_would_be_taken():
    assert check(io.BytesIO(ended(packed()))).rows == 0


@pytest.mark.parametrize(
    "entry",
    [
        member("media/../../etc/passwd", b"x"),
        member("/etc/passwd", b"x"),
        member("media/.htaccess", b"x"),
        member("media//a", b"x"),
        member("media/a\\b", b"x"),
        member("media/a" + "/b" * 600, b"x"),
        member("media/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("media/link", type=tarfile.LNKTYPE, linkname="head.json"),
        member("media/tty", type=tarfile.CHRTYPE, devmajor=5),
        member("media/pipe", type=tarfile.FIFOTYPE),
        member("media/folder", type=tarfile.DIRTYPE),
        member(
            "media/a", b"x", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.realsize": "9999999999999"}
        ),
        member("elsewhere", b"x"),
        member("tables/posts_post/00000001", b"1\n"),
        member("tables/auth_user; DROP TABLE posts_post/00000001", b"1\n"),
        member("media/a", b"x"),
        member("head.json", b"{}"),
    ],
    ids=lambda one: f"{one[0].name[:20]} {one[0].type}",
)
def test_a_file_that_holds_anything_else_is_refused(entry):
    assert refusal(ended(packed(entry))).endswith(".")


@pytest.mark.parametrize(
    "head",
    [
        {"format": 2},
        {"format": "1"},
        {"tables": 7},
        {"tables": [{"name": 5, "columns": []}]},
        {"migrations": [1]},
        {"migrations": {"posts": [None]}},
        {"tables": [{"name": "posts_post", "columns": ["id"]}]},
    ],
    ids=str,
)
def test_a_head_that_makes_no_sense_is_refused(head):
    assert refusal(ended(packed(head=HEAD | head))).endswith(".")


@pytest.mark.parametrize(
    "end",
    [
        {"files": {"count": 1, "bytes": 0}},
        {"sequences": {"a": [1, 1]}},
        {"sequences": {"a": ["1); DROP TABLE posts_post; --", True]}},
        {"tables": None},
        {"files": []},
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_is_refused(end):
    end = END | end
    head = HEAD | ({"tables": [{"name": "a", "columns": []}]} if end["tables"] is None else {})
    assert refusal(ended(packed(head=head, end=end))).endswith(".")


def test_files_come_once_and_in_order():
    def listed(*names):
        lines = [
            {
                "name": n,
                "size": 1,
                "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
            }
            for n in names
        ]
        return member("files/000000000002", "".join(f"{json.dumps(line)}\n" for line in lines).encode())

    end = END | {"files": {"count": 2, "bytes": 2}}

    def with_names(*names):
        return ended(packed(*(member(f"media/{name}", b"x") for name in names), listed(*names), end=end))

    assert check(io.BytesIO(with_names("a", "b"))).files == 2
    assert "twice or out of its order" in refusal(with_names("b", "a"))
    assert "twice or out of its order" in refusal(with_names("a", "a"))
    assert "not what it was" in refusal(
        ended(packed(member("media/a", b"x"), member("media/b", b"y"), listed("a", "b"), end=end))
    )


def test_a_bomb_goes_off_nowhere():
    bomb = ended(packed(member("media/a", bytes(100 << 20))))
    assert len(bomb) < 100_000
    assert "a thousand times" in refusal(bomb)
    long_name = member("media/a", b"x", pax_headers={"path": "a" * (1 << 20)})
    assert "too long" in refusal(ended(packed(long_name)))
    deep = zstandard.ZstdCompressor().compress(b"[" * 100_000)
    assert refusal(deep).endswith(".")
    nested = packed(member("x", b""), head=HEAD | {"tables": []}).replace(b"", b"")
    assert refusal(nested).endswith(".")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", b"age-encryption.org/v1\n-> X25519 ", b"\x28\xb5\x2f\xfd"]
)
def test_what_is_no_backup_is_told_so(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(CommandError) as caught:
        command("verify_backup", tmp_path / "a")
    assert str(caught.value).endswith(".")
    with pytest.raises(CommandError, match="cannot be read"):
        command("verify_backup", tmp_path / "b")


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_no_bit_can_be_turned_and_no_end_cut_off(site, settings, tmp_path, is_encrypted):
    recipients, keys = making.provable([]) if not is_encrypted else own_keys()
    made = making.make(tmp_path / "a", recipients=recipients)
    content = (tmp_path / "a").read_bytes()
    check(io.BytesIO(content), keys=keys, expected=made)
    chance = random.Random(5)
    wipe(settings)
    for _ in range(60):
        broken = bytearray(content)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        with pytest.raises(Trouble):
            check(io.BytesIO(bytes(broken)), keys=keys)
    for length in [1, 100, len(content) // 2, len(content) - 1]:
        (tmp_path / "cut").write_bytes(content[:length])
        with pytest.raises(Trouble):
            restoring.restore(tmp_path / "cut", keys)
    with pytest.raises(Trouble):
        check(io.BytesIO(content + b"more"), keys=keys)
    assert not Post.objects.exists()


def own_keys():
    _, keys = making.provable(["x"])
    return [keys[0].to_public()], keys


def test_a_newer_release_and_other_columns_are_told(site, settings, tmp_path):
    making.make(tmp_path / "a")
    plain = tar_of((tmp_path / "a").read_bytes())
    wipe(settings)
    for old, new, words in (
        (
            b'"0001_what_was_imported"',
            b'"9999_what_was_imported"',
            "newer release, which has the migration wordpress.9999",
        ),
        (
            b'"standfirst"',
            b'"standfjrst"',
            "tables of the backup are not those of this release: pages_page, posts_post",
        ),
        (b'"name": "posts_post"', b'"name": "posts_xxxx"', "damaged|not those of this release"),
    ):
        assert old in plain
        (tmp_path / "b").write_bytes(zstandard.ZstdCompressor().compress(plain.replace(old, new)))
        with pytest.raises(Trouble, match=words):
            restoring.restore(tmp_path / "b")
    assert not Post.objects.exists()


def test_what_a_killed_backup_left_goes_and_what_is_being_written_stays(tmp_path):
    (tmp_path / "a.part").write_bytes(b"half")
    with partial.file(tmp_path / "a") as file:
        file.write(b"whole")
        with pytest.raises(Trouble, match="being written"):
            partial.clear(tmp_path / "a.part")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a").read_bytes() == b"whole"
