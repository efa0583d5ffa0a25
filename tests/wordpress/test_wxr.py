"""Reading exports that are damaged, odd or hostile."""

import gzip
import io
import tracemalloc
import zipfile

import pytest

from wordpress.reading.records import Item, Problem, Site
from wordpress.reading.xmltext import XmlText
from wordpress.wxr import NotAWxr, Refused, read

HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old news</title><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
"""
TAIL = b"</channel></rss>"


def item(number, *, title=b"A title", body=b"Words", extra=b""):
    return (
        b"<item>\n<title>%s</title><wp:post_id>%d</wp:post_id><wp:post_type>post</wp:post_type>"
        b"<content:encoded><![CDATA[%s]]></content:encoded>%s</item>\n" % (title, number, body, extra)
    )


def records(data):
    return list(read(io.BytesIO(data)))


def of(kind, found):
    return [record for record in found if isinstance(record, kind)]


def problems(found, kind):
    return [record for record in of(Problem, found) if record.kind == kind]


def test_a_break_in_one_item_loses_that_item_only_and_says_where():
    found = records(HEAD + item(1) + b"<item>\n<title>Lost</title><b></item>\n" + item(3) + TAIL)
    assert [i.id for i in of(Item, found)] == [1, 3]
    (broken,) = problems(found, "broken")
    assert broken.line == 9
    assert "mismatched tag" in broken.message
    assert "begins in line 8 is lost: Lost" in broken.message


def test_lines_are_right_after_a_break():
    found = records(HEAD + b"<item><title></item>\n" + item(3) + b"<item><b></item>\n" + TAIL)
    assert [i.line for i in of(Item, found)] == [7]
    assert [p.line for p in problems(found, "broken")] == [6, 9]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_what_is_read_does_not_depend_on_where_the_chunks_end(monkeypatch, size):
    body = b"x & y <!-- & --> \x0b \xe2\x80\x9cquoted\xe2\x80\x9d \x93old\x94 <![CDATA[ nested"
    data = HEAD + item(1, title=b"a & b &nbsp; &amp; &#8; &#233;", body=body)
    data += b"<item><x></item>\n" + item(3) + TAIL
    whole = records(data)
    monkeypatch.setattr("wordpress.wxr.CHUNK", size)
    head = data.index(b"<rss") + 10  # the beginning must be seen at once
    monkeypatch.setattr("wordpress.wxr.HEAD", head)
    assert records(data) == whole


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_cut_short_gives_what_is_whole_and_says_so(cut):
    data = HEAD + b"".join(item(number) for number in range(1, 50)) + TAIL
    found = records(data[: int(len(data) * cut)])
    items = of(Item, found)
    assert [i.id for i in items] == list(range(1, len(items) + 1))
    assert len(items) >= int(49 * cut) - 5
    assert len(problems(found, "broken")) == 1


def test_forbidden_characters_are_mended_and_counted():
    found = records(HEAD + item(1, title=b"a\x01b\x0bc &#8;d", body=b"\x93Hi\x94 caf\xe9") + TAIL)
    (post,) = of(Item, found)
    assert post.title == "ab c d"
    assert post.content == "“Hi” café"
    counts = {problem.message: problem.count for problem in problems(found, "repair")}
    assert counts == {"control characters taken out": 3, "bytes that are not UTF-8 read as Windows-1252": 3}


def test_control_characters_of_windows_become_the_letters_they_stand_for():
    found = records(
        HEAD + item(1, title="\x93Hi\x94 \x9d&#150;".encode(), body="it\x92s\x85".encode()) + TAIL
    )
    (post,) = of(Item, found)
    assert (post.title, post.content) == ("“Hi” –", "it’s…")
    assert not problems(found, "repair")  # it was well formed


def test_bare_ampersands_and_names_of_html_are_mended_outside_cdata_only():
    found = records(HEAD + item(1, title=b"Q&A &eacute; &lt;b&gt; &amp;", body=b"Q&A &eacute;") + TAIL)
    (post,) = of(Item, found)
    assert (post.title, post.content) == ("Q&A é <b> &", "Q&A &eacute;")
    assert {p.line for p in problems(found, "repair")} == {7}


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read_as_declared(encoding):
    text = (HEAD + item(1, title="Käse".encode()) + TAIL).decode().replace("UTF-8", encoding)
    assert of(Item, records(text.encode(encoding)))[0].title == "Käse"


@pytest.mark.parametrize("wide", ["utf-16", "UTF-16LE", "utf-32"])
def test_a_file_that_says_it_is_wide_and_is_not_is_read_as_it_is(wide):
    content = b"<?xml version='1.0' encoding='%s'?><rss></rss>" % wide.encode()
    assert "<rss>" in XmlText().feed(content, final=True)


def test_a_byte_order_mark_and_warnings_before_the_declaration_are_dropped():
    found = records(b"\xef\xbb\xbf\n\nWarning: mysql\n" + HEAD + item(1) + TAIL)
    assert of(Item, found)[0].line == 9
    assert [p.message for p in problems(found, "repair")] == ["text before the XML declaration dropped"]


def test_other_prefixes_for_the_same_namespaces_are_understood():
    data = (HEAD + item(1) + TAIL).replace(b"wp:", b"w:").replace(b":wp=", b":w=")
    assert of(Item, records(data))[0].id == 1


def test_prefixes_nobody_declared_do_no_harm():
    assert of(Item, records(HEAD + item(1, extra=b"<plugin:x>1</plugin:x>") + TAIL))[0].id == 1


def test_dates_of_zero_and_impossible_dates_are_none():
    dates = b"<wp:post_date>2012-02-31 00:00:00</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>"
    (post,) = of(Item, records(HEAD + item(1, extra=dates) + TAIL))
    assert (post.published_at, post.published_local, post.has_zero_date) == (None, None, True)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><title>&c;</title></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><title>&x;</title></channel></rss>"""
REMOTE = b"""<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://198.51.100.1/evil.dtd"><rss><channel/></rss>"""


@pytest.mark.parametrize("payload", [BOMB, OUTSIDE, REMOTE, b"x" + BOMB[21:]])
def test_a_doctype_is_refused(payload):
    with pytest.raises(Refused, match="DOCTYPE"):
        records(payload)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not XML at all",
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b'{"db": []}',
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"<?xml version='1.0'?><feed/>",
        b"<?xml version='1.0'?><rss><channel><title>A feed</title><item><title>x</title></item></channel></rss>",
        b"<?xml version='1.0'?><rss><channel></channel></rss>",
        b"<?xml version='1.0'?>nothing more",
        b"PK\x03\x04 but no zip",
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(data):
    with pytest.raises(NotAWxr, match=r"^[A-Z].*\.$"):
        records(data)


def test_nesting_without_end_is_one_broken_entry():
    deep = b"<item>\n" + b"<b>" * 5000 + b"</b>" * 5000 + b"</item>\n"
    found = records(HEAD + deep + item(2) + TAIL)
    assert [i.id for i in of(Item, found)] == [2]
    assert "nested deeper" in problems(found, "broken")[0].message


def test_an_entry_larger_than_memory_should_bear_is_one_broken_entry(monkeypatch):
    monkeypatch.setattr("wordpress.reading.channel.LARGEST_ENTRY", 1000)
    found = records(HEAD + item(1, body=b"x" * 5000) + item(2) + TAIL)
    assert [i.id for i in of(Item, found)] == [2]
    assert "an entry longer than" in problems(found, "broken")[0].message


def test_gzip_is_read_and_a_damaged_one_gives_what_it_has():
    data = HEAD + b"".join(item(number, body=str(number).encode() * 50) for number in range(1, 3000)) + TAIL
    packed = gzip.compress(data)
    assert len(of(Item, records(packed))) == 2999
    found = records(packed[: len(packed) // 2])
    assert 0 < len(of(Item, found)) < 2999
    assert any("compressed file is damaged" in p.message for p in problems(found, "broken"))


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_of_several_is_read_in_the_order_of_names():
    found = records(
        zipped(
            {
                "blog.001.xml": HEAD + item(2) + TAIL,
                "blog.000.xml": HEAD + item(1) + TAIL,
                "__MACOSX/._blog.000.xml": b"rubbish",
                "readme.txt": b"hello",
                "feed.xml": b"<?xml version='1.0'?><feed/>",
            }
        )
    )
    assert [i.id for i in of(Item, found)] == [1, 2]
    assert [s.file for s in of(Site, found)] == ["/blog.000.xml", "/blog.001.xml"]
    assert len(problems(found, "skipped")) == 1
    assert len(problems(found, "broken")) == 1


def test_names_that_climb_out_of_a_zip_touch_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = records(zipped({"../../evil.xml": HEAD + item(1) + TAIL, "__MACOSX/._evil.xml": b"x"}))
    told = [one for one in found if isinstance(one, Problem)]
    assert [one.message.partition(";")[0] for one in told] == ["../../evil.xml leads out of the zip"]
    assert len(of(Item, found)) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_zip_without_any_export_is_refused():
    with pytest.raises(NotAWxr, match=r"no \.xml"):
        records(zipped({"a.txt": b"x"}))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"a.xml": data})])
def test_a_file_that_swells_out_of_proportion_is_refused(monkeypatch, pack):
    monkeypatch.setattr("wordpress.reading.containers.ALWAYS_ALLOWED", 1_000_000)
    with pytest.raises(Refused, match="swells"):
        records(pack(HEAD + item(1, body=b"0" * 5_000_000) + TAIL))


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.write(HEAD)
        for number in range(1, 4000):
            file.write(item(number, body=b"<p>words and words</p>" * 100))
        file.write(TAIL)
    tracemalloc.start()
    count = sum(1 for record in read(path) if isinstance(record, Item))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3999
    assert peak < 3_000_000
