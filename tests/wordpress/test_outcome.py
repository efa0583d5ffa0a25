"""What plugins kept beside a post: words for search engines, where it belongs, and its language."""

import pytest

from posts.models import Post
from tests.wordpress.parts import filed, item, meta

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "description", "canonical"),
    [
        ("_yoast_wpseo_title", "_yoast_wpseo_metadesc", "_yoast_wpseo_canonical"),
        ("rank_math_title", "rank_math_description", "rank_math_canonical_url"),
        ("_aioseo_title", "_aioseo_description", "_aioseo_canonical_url"),
        ("_aioseop_title", "_aioseop_description", "_aioseop_custom_link"),
        ("_seopress_titles_title", "_seopress_titles_desc", "_seopress_robots_canonical"),
        ("_genesis_title", "_genesis_description", "_genesis_canonical_uri"),
    ],
)
def test_the_words_for_search_engines_come_from_whichever_plugin_kept_them(
    take, title, description, canonical
):
    told = {title: "Rivers &amp;amp; seas", description: "Said.", canonical: "https://tom.example/rivers/"}
    take(item(extra="".join(meta(*pair) for pair in told.items())))
    post = Post.objects.get()
    assert (post.seo_title, post.seo_description, post.original_url) == (
        "Rivers & seas",
        "Said.",
        "https://tom.example/rivers/",
    )


@pytest.mark.parametrize(
    "template", ["%%title%% %%sep%%", "%title% - %sitename%", "#post_title | #site_title"]
)
def test_a_template_of_the_plugins_is_no_title(take, template):
    take(item(extra=meta("rank_math_title", template)))
    assert Post.objects.get().seo_title == ""


@pytest.mark.parametrize(
    ("extra", "language"),
    [
        ("", "en"),
        (filed("language", "fr", "Français"), "fr"),
        (filed("language", "pt-br", "Português"), "pt"),
        (filed("language", "2024", "A tag of another plugin"), "en"),
        (meta("_wpml_import_language_code", "ar"), "ar"),
    ],
)
def test_the_language_is_what_a_plugin_for_several_says(take, extra, language):
    take(item(extra=extra))
    assert Post.objects.get().language == language
