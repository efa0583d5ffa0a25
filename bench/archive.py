"""A large archive for measuring search: words as frequent as in a newspaper's, a tree of sections, few busy authors.

Words are invented but follow what is known of English: a third of a text are stop words, the commonest other word
stands in four posts of five, and most words stand in a handful of posts (Zipf's law with Mandelbrot's shift).
"""

import itertools
import random
from datetime import UTC, datetime, timedelta

from authors.models import Author
from posts import filing
from posts.models import Byline, Category, Filing, Post

NEWEST = datetime(2026, 6, 30, 12, tzinfo=UTC)
SPAN = timedelta(days=365 * 25)
VOCABULARY = 300_000
SHIFT, EXPONENT = 20, 1.05
STOP_WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "that",
    "is",
    "was",
    "for",
    "on",
    "it",
    "with",
    "as",
    "his",
    "be",
    "at",
    "by",
    "this",
    "had",
    "not",
    "are",
    "but",
    "from",
    "or",
    "have",
    "an",
    "they",
]
STARTS = [
    "b",
    "br",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ou", "ee"]
ENDS = ["", "n", "r", "l", "m", "k", "t", "nd", "rd", "sh"]
SYLLABLES = ["".join(parts) for parts in itertools.product(STARTS, VOWELS, ENDS)]
SECTIONS = {
    "Middle East": ["Iran", "Iraq", "Gulf"],
    "World": ["Europe", "Asia"],
    "Climate": ["Energy"],
    "Books": [],
}


def word(rank):
    """The word of a rank from 1; the commoner, the shorter. No two ranks have the same."""
    spelled = ""
    while rank:
        rank, step = divmod(rank, len(SYLLABLES))
        spelled += SYLLABLES[(step * 761 + 13) % len(SYLLABLES)]
    return spelled


class Writer:
    """Writes posts, the same for the same seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.vocabulary = [word(rank) for rank in range(1, VOCABULARY + 1)]
        weights = (1 / (rank + SHIFT) ** EXPONENT for rank in range(1, VOCABULARY + 1))
        self.weights = list(itertools.accumulate(weights))

    def words(self, count):
        drawn = self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)
        return [self.chance.choice(STOP_WORDS) if self.chance.random() < 0.35 else one for one in drawn]

    def text(self, count):
        return " ".join(self.words(count)).capitalize() + "."

    def post(self, number, at):
        length = int(self.chance.lognormvariate(6.3, 0.4))  # 540 words in the middle, 600 on average
        paragraphs = [self.text(min(90, length - begun)) for begun in range(0, length, 90)]
        return Post(
            title=" ".join(self.words(8)).capitalize(),
            slug=f"post-{number}",
            standfirst=self.text(22),
            body="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
            status="published",
            published_at=at,
            permalink=f"/{at:%Y/%m}/post-{number}.html",
            word_count=length,
        )


def fill(count, *, batch=1000, done=lambda written: None):
    """Writes `count` posts over twenty-five years beside what is there."""
    writer = Writer(7)
    chance = random.Random(11)
    leaves = sections()
    authors = [
        Author.objects.create(name=f"{word(90 + n)} {word(400 + n)}".title(), slug=f"by-{n}")
        for n in range(60)
    ]
    busy = [1 / (place + 1) for place in range(60)]
    for begun in range(0, count, batch):
        numbers = range(begun, min(begun + batch, count))
        posts = Post.objects.bulk_create(writer.post(n, NEWEST - SPAN * (n / count)) for n in numbers)
        Byline.objects.bulk_create(
            Byline(post=post, author=author) for post in posts for author in chance.choices(authors, busy)
        )
        Filing.objects.bulk_create(
            Filing(post=post, category=category, is_direct=place == 0)
            for post in posts
            for place, category in enumerate(chance.choice(leaves))
        )
        done(begun + len(posts))


def sections():
    """[[a category, the branches above it]] for each section posts are filed under."""
    lines = []
    for name, children in SECTIONS.items():
        top = Category(name=name, slug=name.lower().replace(" ", "-"))
        filing.save_category(top)
        lines.append([top])
        for child in children:
            leaf = Category(name=child, slug=child.lower(), parent=top)
            filing.save_category(leaf)
            lines.append([leaf, top])
    return lines
