"""What a page weighs on the wire, from the production server into a real browser, pictures left out."""

import os
from urllib.parse import urlsplit

import pytest
from django.db import connection

from bench.served import served_site
from bench.weight import total, transfer
from demo.content import read_posts
from posts.models import Post
from posts.reads import popular
from tests.every_page import make_every_page
from tests.factories import make_image

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIMIT, SCRIPTS = 60_000, 10_000  # bytes, head lines included


@pytest.fixture
def site(tmp_path, settings, transactional_db):
    """(Address, pages by name) of a site of the production server on the database of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    pages = make_every_page()
    Post.objects.filter(language="ar").delete()  # its title would bring the Arabic face, 14 kB, to every page
    popular.refresh()
    longest = max(read_posts(), key=lambda post: len(post.body))
    image = make_image(caption="A river.")
    Post.objects.filter(title__startswith="A strait and a sea").update(body=longest.body, lead_image=image)
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with served_site(
        tmp_path,
        prepared_by=[["collectstatic", "--noinput"]],
        DATABASE_URL=url,
        MEDIA_ROOT=str(tmp_path / "media"),
    ) as address:
        yield address, pages


def test_no_page_weighs_sixty_kilobytes_and_files_are_kept_for_ever(site, browser):
    address, pages = site
    for name in ("home", "post with everything", "category", "search", "archives"):
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        answers = {}
        page.on("response", lambda answer, answers=answers: answers.update({answer.url: answer}))
        found = transfer(page, address + pages[name])
        ages = {url: answer.headers.get("cache-control") for url, answer in answers.items()}
        assert answers[address + pages[name]].status == 200
        context.close()
        assert total(found, "Stylesheet") > 5_000, "the style sheets are empty"
        assert total(found) < LIMIT, f"{name}: {found}"
        assert total(found, "Script") < SCRIPTS, f"{name}: {found}"
        files = {url: age for url, age in ages.items() if "/static/" in url}
        assert files
        assert all("immutable" in age for age in files.values()), files
