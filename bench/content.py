"""Posts by the thousand, the same each time: real words in random order, categories, tags, authors, dates."""

import random
from datetime import UTC, datetime, timedelta

from authors.models import Author
from posts.models import Byline, Category, Filing, FrontSection, FrontSlot, Post, Tag, TaggedPost

WORDS = [
    "water",
    "oil",
    "river",
    "treaty",
    "senate",
    "border",
    "harvest",
    "solar",
    "grid",
    "archive",
    "poem",
    "harbour",
    "census",
    "ballot",
    "court",
    "press",
    "union",
    "port",
    "drought",
    "pipeline",
    "tariff",
    "budget",
    "parliament",
    "desert",
    "marsh",
    "refinery",
    "strike",
    "translation",
    "library",
]
NAMES_A_POST = 12
LETTERS = "bcdfghklmnprstvz"
NEWEST = datetime(2026, 6, 30, 12, tzinfo=UTC)
SPAN = timedelta(days=365 * 25)


def fill(count):
    """Replaces what is there by `count` posts over twenty-five years; returns the newest one's address."""
    chance = random.Random(7)
    Post.objects.all().delete()
    Category.objects.all().delete()
    Author.objects.all().delete()
    Tag.objects.all().delete()
    sections = [Category.objects.create(name=f"Section {n}", slug=f"section-{n}") for n in range(8)]
    authors = [Author.objects.create(name=f"Author {n}", slug=f"author-{n}") for n in range(12)]
    tags = [Tag.objects.create(name=f"Tag {n}", slug=f"tag-{n}") for n in range(40)]
    posts = Post.objects.bulk_create((make(n, count, chance) for n in range(count)), batch_size=1000)
    Byline.objects.bulk_create(
        (Byline(post=p, author=chance.choice(authors)) for p in posts), batch_size=5000
    )
    Filing.objects.bulk_create(
        (Filing(post=p, category=chance.choice(sections)) for p in posts), batch_size=5000
    )
    TaggedPost.objects.bulk_create(
        (TaggedPost(content_object=p, tag=chance.choice(tags)) for p in posts), batch_size=5000
    )
    FrontSection.objects.bulk_create(
        FrontSection(category=category, position=place) for place, category in enumerate(sections)
    )
    places = FrontSlot.Place.values
    for place, post in zip(places, chance.sample(posts, len(places)), strict=True):
        FrontSlot.objects.create(post=post, place=place)
    return posts[0].permalink


def make(number, count, chance):
    at = NEWEST - SPAN * number / count
    names = [name(chance.randrange(max(1, count // 10))) for _ in range(NAMES_A_POST)]
    text = " ".join(chance.choices(WORDS, k=400) + names)
    return Post(
        title=" ".join(chance.choices(WORDS, k=7)).capitalize(),
        slug=f"post-{number}",
        standfirst=" ".join(chance.choices(WORDS, k=20)).capitalize() + ".",
        body="".join(f"<p>{text[start : start + 500]}</p>" for start in range(0, len(text), 500)),
        status="published",
        published_at=at,
        permalink=f"/{at:%Y/%m}/post-{number}.html",
        word_count=400,
    )


def name(number):
    """An invented name, the same for a number; about 120 posts share each."""
    spelled = ""
    while number or len(spelled) < 6:
        number, step = divmod(number, len(LETTERS))
        spelled += LETTERS[step] + "aeiou"[step % 5]
    return spelled.capitalize()
