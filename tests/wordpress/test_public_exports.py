"""Every public export taken in: as foretold, as the census counts, once only, and with every address kept."""

from collections import Counter

import pytest

from authors.models import Author
from images.models import Document, Image
from pages.models import Page
from posts import states
from posts.models import Post
from tests.wordpress.exports import FOLDER, each_export, needs_exports
from wordpress.importer import import_files
from wordpress.proof.asking import Within
from wordpress.proof.given import addresses
from wordpress.proof.judging import judged

pytestmark = [needs_exports, pytest.mark.django_db]

TAKEN = ("post", "page", "attachment")
PUBLIC = ("publish", "future")
# Where the site has a page of its own, what stood there stands elsewhere; the import says so too.
OUR_OWN = {"64-block-test-data.wordpress.xml": {"/archives/", "/search/"}}


def rows():
    """Everything an import makes, as far as a second one might change it."""
    posts = Post.objects.order_by("pk").values_list("pk", "permalink", "title", "updated_at", "version")
    counts = [model.objects.count() for model in (Author, Image, Document)]
    return counts, list(posts), list(Page.objects.order_by("pk").values_list("pk", "path", "updated_at"))


def done(report, deed):
    return {name: count for (name, one), count in report.items.items() if one == deed and count}


@each_export
def test_a_public_export_comes_in_as_its_census_counts_once_and_with_every_address(census, settings):
    settings.TIME_ZONE = "UTC"
    file = FOLDER / census["file"]
    wanted = {name: n for name, n in census["by_type_status"].items() if name.partition("/")[0] in TAKEN}

    foretold = import_files([file], is_dry_run=True)
    assert rows() == ([0, 0, 0], [], [])

    report = import_files([file])
    assert report.items == foretold.items
    assert report.by_type_status() == census["by_type_status"]
    assert done(report, "new") == wanted
    assert report.is_whole == (census["file"] != "importer/malformed.xml")
    _check_rows(census, wanted)
    _check_addresses(census, file)

    before = rows()
    again = import_files([file])
    assert set(done(again, "unchanged") | done(again, "skipped")) == set(census["by_type_status"])
    assert not any(again.things.values())
    assert rows() == before


def _check_rows(census, wanted):
    by_kind = Counter()
    for name, count in wanted.items():
        by_kind[name.partition("/")[0]] += count
    assert Post.objects.count() == by_kind["post"]
    assert Page.objects.count() == by_kind["page"]
    assert Image.objects.count() + Document.objects.count() >= by_kind["attachment"]
    public = sum(wanted.get(f"post/{status}", 0) for status in PUBLIC) - census["with_password"]
    assert Post.objects.filter(status="published").count() == public
    assert Author.objects.count() >= census["authors_declared"]
    for post in Post.objects.prefetch_related("bylines")[:5]:
        assert post.revisions.get().state == states.state_of(post)


def _check_addresses(census, file):
    """Each is asked; of very many, some spread over the file, as every page is drawn for it."""
    known = list(addresses([file]))
    public = {one.path for one in known if not one.is_hidden}
    assert len(public) == census["published_links_distinct"] - census["with_password"]
    step = 1 + len(known) // 40
    own = OUR_OWN.get(census["file"], set())
    asked = known[::step] + [one for one in known if one.path in own]
    answers = list(judged(Within(), asked))
    assert not [(one.path, one.told) for one in answers if one.fault]
    assert {one.path for one in answers if one.note == "own"} == own
