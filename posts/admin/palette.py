"""Posts, categories, tags and what is done with them, in “Find”."""

import re
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from authors.models import Author
from informed_comment.palette import SHOWN, Hit, form_of, may_open, named
from posts.admin.statistics.screens import widest
from posts.admin.statistics.tables import address
from posts.models import Category, Post, ReferringHost, Tag
from posts.searching import heads, newsroom

POSTS = 8
OF_WHAT = re.compile(r"(?:stats?|statis\w*|reads?)(?: of)? (.+)", re.IGNORECASE)
KINDS = {Category: "category", Author: "author", Tag: "tag", ReferringHost: "referring site"}
PERIODS = (("day", "today"), ("week", "this week"), ("month", "this month"), ("year", "this year"))
TOLD = ("title", "status", "published_at")


def deeds(request, typed):
    """What an editor does all day."""
    may = request.user.has_perm
    listed = reverse("admin:posts_post_changelist")
    offered = [
        ("posts.add_post", "Deed", "Write a post", reverse("admin:posts_post_add"), "new"),
        ("posts.change_post", "Screen", "Calendar", reverse("admin:posts_post_calendar"), "of posts"),
        ("posts.change_post", "Screen", "Drafts", f"{listed}?status=draft", "posts"),
        ("posts.publish_post", "Screen", "In review", f"{listed}?status=in_review", "posts that wait"),
        ("posts.publish_post", "Screen", "Scheduled", f"{listed}?status=scheduled", "posts to come"),
        ("posts.change_any_post", "Screen", "My posts", f"{listed}?mine=yes", "mine"),
    ]
    hits = [Hit(kind, label, url, note) for permission, kind, label, url, note in offered if may(permission)]
    return named(hits, typed) + statistics(request, typed)


def statistics(request, typed):
    """“statistics of iran”, “reads iran”: the screen of a category, author, tag or referring site so called."""
    if not typed or widest(request) is None:
        return []
    home = reverse("admin:posts_statistics_changelist")
    offered = [
        Hit("Screen", f"Statistics: {label}", f"{home}?period={unit}", "reads") for unit, label in PERIODS
    ]
    found, asked = named(offered, typed), OF_WHAT.fullmatch(typed)
    if asked and request.user.has_perm("posts.view_sitetally"):
        for model in (Category, Author, Tag, ReferringHost):
            rows = model.objects.filter(name__icontains=asked[1]).only("name")[:SHOWN]
            found += [Hit("Statistics", str(row), address(row), KINDS[model]) for row in rows]
    return found


def posts(request, typed):
    """By number, address, beginning of the title or words of the head; then the way to a search of the whole text."""
    if not typed or not may_open(request, Post):
        return []
    if request.user.has_perm("posts.change_any_post"):
        ids = newsroom.at_address(typed) or [
            *newsroom.numbered(typed),
            *newsroom.beginning(typed)[:SHOWN],
            *heads.find(typed, POSTS),
        ]
        kept = Post.objects.kept().only(*TOLD).in_bulk(ids)
        found = [kept[pk] for pk in dict.fromkeys(ids) if pk in kept]
    else:
        own = Post.objects.written_by(request.user).kept().filter(title__icontains=typed)
        found = own.only(*TOLD).order_by("-updated_at")[:POSTS]
    searched = f"{reverse('admin:posts_post_changelist')}?{urlencode({'q': typed})}"
    return [
        *(Hit("Post", str(post), form_of(post), told(post)) for post in found[:POSTS]),
        Hit("Search", f"Posts with “{typed}” anywhere", searched),
    ]


def told(post):
    """Its status, and the day it came or comes out."""
    day = f", {timezone.localtime(post.published_at):%d %b %Y}" if post.published_at else ""
    return f"{post.status_word}{day}"


def categories(request, typed):
    if not typed or not may_open(request, Category):
        return []
    rows = Category.objects.filter(name__icontains=typed).only("name", "path")[:SHOWN]
    return [Hit("Category", row.name, form_of(row), f"/{row.path}/") for row in rows]


def tags(request, typed):
    """Tags with these letters, the one that is called so first."""
    if not typed or not may_open(request, Tag):
        return []
    rows = list(Tag.objects.filter(name__icontains=typed).order_by()[: SHOWN * 4])
    rows.sort(key=lambda tag: (tag.name.lower() != typed.lower(), len(tag.name)))
    return [Hit("Tag", tag.name, form_of(tag)) for tag in rows[:SHOWN]]
