"""Mailings on the web: the archive readers look through, what one of them shows there, and its feed.

A mailing is shown from its own text and from its posts as they stand now, not from what was mailed: a post taken off the site
goes from here as well.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from informed_comment.envelopes import domain
from informed_comment.footnotes import without_notes
from informed_comment.html import plain_text
from informed_comment.prepared import Slot, any_of
from newsletter import mail_bodies
from newsletter.models import Mailing, MailingPost
from posts import teasers
from posts.feed_forms import SUMMARY_LENGTH, Feed
from posts.models import Post
from posts.paging import NumberedPage, check_number
from posts.syndication import absolute, printable

PAGE_LENGTH, FEED_LENGTH = 20, 20


@dataclass
class ArchivePage(NumberedPage):
    """One page of the archive, newest first; `mailings` have a `summary`."""

    mailings: list


def newest():
    return Mailing.objects.on_the_web().order_by("-started_at", "-pk")


def page(number):
    """Page `number`, from 1; Http404 when there is none. Ids are read from one index, however deep the page."""
    check_number(number)
    start = (number - 1) * PAGE_LENGTH
    ids = list(newest().values_list("pk", flat=True)[start : start + PAGE_LENGTH + 1])
    if number > 1 and not ids:
        raise Http404("The archive is not that long.")
    found = list(newest().filter(pk__in=ids[:PAGE_LENGTH]))
    lines = titles_in(found)
    for mailing in found:
        mailing.summary = summary(mailing, lines.get(mailing.pk, []))
    return ArchivePage(number, len(ids) > PAGE_LENGTH, reverse("newsletter:archive"), found)


def summary(mailing, titles):
    """A few words about it: those mailboxes show, what its editor wrote, or what is in it."""
    words = mailing.preheader or plain_text(without_notes(mailing.intro or mailing.body[:4000]))
    others = [title for title in titles if not mailing.subject.startswith(title)]
    return Truncator(words or " · ".join(others)).chars(SUMMARY_LENGTH)


def titles_in(mailings):
    """{mailing: titles of the posts in it that readers see now}, in one query."""
    found = {}
    public = MailingPost.objects.filter(mailing__in=mailings, is_left_out=False)
    public = public.filter(post__in=Post.objects.published())
    for mailing, title in public.values_list("mailing", "post__title"):
        found.setdefault(mailing, []).append(title)
    return found


published = teasers.of(lambda: Post.objects.published().filter(any_of("pk", Slot("ids"))))


def posts_in(mailing):
    """Its posts in their order, as far as readers see them now."""
    wanted = list(mailing.lines.filter(is_left_out=False).values_list("post", flat=True))
    found = {post.pk: post for post in published(ids=wanted)}
    return [found[pk] for pk in wanted if pk in found]


# Its feed


@dataclass
class Dated:
    """What feeds ask of a post, said of a mailing."""

    feed_id: str
    published_at: datetime
    language: str = "en"
    lead_caption: str = ""


@dataclass
class Entry:
    """A mailing as the forms of a feed need it (posts/feed_forms.py)."""

    mailing: Mailing
    title: str
    summary: str
    full_text: str
    subjects: list
    people: tuple = ()
    image: None = None
    picture: None = None

    @property
    def address(self):
        return absolute(self.mailing.get_absolute_url())

    @property
    def changed_at(self):
        return self.mailing.started_at

    @property
    def post(self):
        """RFC 4151: a name that is ours for good and says nothing of addresses."""
        made = self.mailing.created_at
        return Dated(f"tag:{domain()},{made:%Y-%m-%d}:mailing-{self.mailing.pk}", self.mailing.started_at)


def feed(path, publication):
    mailings = list(newest()[:FEED_LENGTH])
    titles = titles_in(mailings)
    return Feed(
        printable(f"Newsletter – {publication.title}"),
        printable(publication.newsletter_note or publication.title),
        absolute(reverse("newsletter:archive")),
        absolute(path),
        publication,
        [entry(mailing, titles.get(mailing.pk, [])) for mailing in mailings],
    )


def entry(mailing, titles):
    return Entry(
        mailing,
        printable(str(mailing)),
        printable(summary(mailing, titles)),
        full_text(mailing),
        [mailing.get_kind_display()],
    )


def full_text(mailing):
    """As it reads away from the site: a letter's text, or the intro and the posts of a digest."""
    site = settings.SITE_URL + "/"
    text = mail_bodies.joined(mail_bodies.blocks(mailing.intro + mailing.body, site))
    cards = render_to_string("newsletter/_posts_in_feed.html", {"posts": posts_in(mailing)})
    return printable(text + mark_safe(mail_bodies.made_whole(cards, site)))  # noqa: S308 - our own template
