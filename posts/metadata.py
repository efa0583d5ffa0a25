"""What pages tell machines about themselves: canonical address, Open Graph, X card, fediverse, JSON-LD.

Terms from https://schema.org (built in structured_data.py) and https://ogp.me; descriptions are cut to what search
engines show.
"""

import mimetypes
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils.safestring import mark_safe

from images import renditions
from images.cards import SIZE as CARD_SIZE
from informed_comment.footnotes import without_notes
from informed_comment.html import plain_text
from posts import cards
from posts import structured_data as things
from posts.reads import popular
from posts.syndication import absolute

DESCRIPTION_LENGTH = 160
HOME = ("Home", "/")
ARCHIVES = [("Archives", "/archives/")]
SITE_CARD = "img/card.png"
LOCALES = {"en": "en_US", "ar": "ar_AR", "fa": "fa_IR", "he": "he_IL", "ur": "ur_PK"}


@dataclass
class Metadata:
    """Everything templates/site/_metadata.html shows.

    `image` is what `picture()` gives. Without one the page has its `card`, if `drawn` names that very card, or the
    publication's.
    """

    title: str
    address: str
    original: str = ""
    description: str = ""
    kind: str = "website"
    image: dict | None = None
    card: object = None
    drawn: str = ""
    feed: str = ""
    previous: str = ""
    next: str = ""
    language: str = "en"
    published_at: object = None
    changed_at: object = None
    authors: list = field(default_factory=list)
    reading_minutes: int = 0
    section: str = ""
    tags: list = field(default_factory=list)
    is_indexed: bool = True
    things: list = field(default_factory=list)

    @property
    def own_address(self):
        return absolute(self.address)

    @property
    def canonical(self):
        """Where search engines find it: here, or where it came out first."""
        return self.original or self.own_address

    @property
    def locale(self):
        return LOCALES.get(self.language, self.language.replace("-", "_"))

    def own_image(self, publication):
        """The page's own picture or card, or None."""
        if self.image:
            return self.image
        if self.card and self.drawn and self.drawn == self.card.of(publication).name:
            return card_image(default_storage.url(self.drawn), self.card.headline)
        return None

    def social_image(self, publication):
        """What is shown of the page elsewhere: {address, width, height, type, alt}. There always is one."""
        drawn = default_storage.url(publication.social_card) if publication.social_card else static(SITE_CARD)
        return self.own_image(publication) or card_image(drawn, publication.title)

    def json_ld(self, publication):
        """One schema.org graph about the page and its publisher, safe inside a script element."""
        main, *others = self.things or [None]
        image = self.own_image(publication)
        if main and image:
            main = main | {things.IMAGE_OF.get(main["@type"], "image"): things.image(image)}
        return mark_safe(things.graph([*([main] if main else []), *others], publication))  # noqa: S308 - escaped


def shortened(text):
    return things.shortened(text, DESCRIPTION_LENGTH)


def picture(image):
    """An image as Open Graph wants it, or None."""
    if not image or not image.file:
        return None
    address, width, height = renditions.social(image)
    kind = mimetypes.guess_type(address)[0] or "image/jpeg"
    found = {"address": absolute(address), "width": width, "height": height, "type": kind, "alt": image.alt}
    return found | {"credit": image.credit, "caption": image.caption}


def card_image(address, words):
    width, height = CARD_SIZE
    return {
        "address": absolute(address),
        "width": width,
        "height": height,
        "type": "image/png",
        "alt": words,
        "credit": "",
        "caption": "",
    }


def of_home(page):
    found = of_list("", page, feed="/feed/")
    found.title, found.things = "", found.things[:1]
    return found


def of_post(post, *, comment_count=0):
    text = post.seo_description or post.standfirst or plain_text(without_notes(post.body[:2000]))
    description = shortened(text)
    image = picture(post.lead_image)
    authors = [line.author for line in post.bylines.all() if line.role == line.Role.BY]
    way = [(one.name, one.get_absolute_url()) for one in post.way_to_section]
    sections = [category.name for category in post.filed_under]
    return Metadata(
        post.seo_title or str(post),
        post.permalink,
        original=post.original_url,
        description=description,
        kind="article",
        image=image,
        card=None if image else cards.of_post(post),
        drawn=post.social_card,
        feed=absolute("/feed/"),
        language=post.language,
        published_at=post.published_at,
        changed_at=post.changed_at,
        authors=authors,
        reading_minutes=post.reading_minutes,
        section=sections[0] if sections else "",
        tags=[tagging.tag.name for tagging in post.taggings.all()],
        things=[
            things.article(post, description, comment_count),
            things.crumbs(HOME, *way, (str(post), post.permalink)),
        ],
    )


def of_list(title, page, *, description="", feed="", above=(), kind="CollectionPage"):
    """A list of posts: category, tag, author, year, month. `above` are the (name, path) of the pages over it."""
    address = page.address_of(page.number)
    collection = things.collection(kind, title, address, page.posts)
    return Metadata(
        f"{title} – page {page.number}" if page.number > 1 else title,
        address,
        description=shortened(plain_text(description)),
        feed=absolute(feed) if feed else "",
        previous=page.previous_address,
        next=page.next_address,
        things=[collection, things.crumbs(HOME, *above, (title, page.address))],
    )


def of_category(category, page, *, above=()):
    steps = [(branch.name, branch.get_absolute_url()) for branch in above]
    feed = f"{page.address}feed/"
    return of_list(category.name, page, description=category.introduction, feed=feed, above=steps)


def of_author(author, page):
    found = of_list(
        author.name, page, description=author.bio, feed=f"{page.address}feed/", kind="ProfilePage"
    )
    found.image = picture(author.portrait)
    found.authors = [author]
    found.things[0]["mainEntity"] = things.person_in_full(author, found.image)
    return found


def of_popular(window, posts):
    """A list of the most read; the week's is the one that is called nothing more."""
    is_week = window == window.WEEK
    title = "Popular" if is_week else f"Popular: {window.label.lower()}"
    address = popular.address_of(window)
    return of_text(title, address, description=popular.SENTENCES[window], kind="CollectionPage", posts=posts)


def of_text(
    title, address, *, description="", is_indexed=True, kind="WebPage", posts=(), card=None, drawn=""
):
    """A page that is no post; `kind` as in schema.org, `posts` those it lists if it does."""
    description = shortened(plain_text(description))
    page = things.collection(kind, title, address, posts)
    if description:
        page["description"] = description
    crumbs = things.crumbs(HOME, (title, address))
    return Metadata(
        title,
        address,
        description=description,
        is_indexed=is_indexed,
        card=card,
        drawn=drawn,
        things=[page, crumbs],
    )
