"""Words for made texts, as frequent as in a newspaper.

Words are invented but follow what is known of English: a third of a text are stop words, the commonest other word
stands in four posts of five, and most words stand in a handful of posts (Zipf's law with Mandelbrot's shift).
"""

import itertools
import random

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


def word(rank):
    """The word of a rank from 1; the commoner, the shorter. No two ranks have the same."""
    spelled = ""
    while rank:
        rank, step = divmod(rank, len(SYLLABLES))
        spelled += SYLLABLES[(step * 761 + 13) % len(SYLLABLES)]
    return spelled


class Writer:
    """Writes texts, the same for the same seed."""

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
