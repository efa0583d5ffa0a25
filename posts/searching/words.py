"""Which words readable posts have, and which of them a reader may have meant."""

import json
import math
import re
from collections import Counter

from django.db import connection, transaction

from authors.models import Author
from informed_comment import replica
from informed_comment.html import plain_text
from posts.models import Post, SearchEntry, UntoldName

BATCH = 200
WORD = re.compile(
    r"[^\W\d_][^\W\d_\u0300-\u036f]*(?:[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0670'’]+[^\W\d_]*)*"
)
SHORTEST, LONGEST = 3, 40
AROUND = "\x1f\"'!?,;()[]{}*"
GUESSED = 6  # words of a query at most
RARER = 20  # so many times rarer than its neighbour, a word may be a slip
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
    "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
    "абвгдежзиклмнопрстуфхцчшщъыьэюя",
]

LEARN = """
INSERT INTO posts_knownword (word, folded, posts)
SELECT word, left(translate(lower(search_folded(word)), E'\\x1f', ''), 60), posts
FROM unnest(%s::text[], %s::int[]) AS learned (word, posts) ORDER BY word
ON CONFLICT (word) DO UPDATE SET posts = posts_knownword.posts + excluded.posts
"""
TIDY = "SELECT gin_clean_pending_list(index) FROM unnest(%s::regclass[]) AS index"
ALIKE = """
SELECT asked, near.kind, near.word, near.posts, near.likeness
FROM jsonb_object_keys(%(slips)s::jsonb) AS asked CROSS JOIN LATERAL (
    (SELECT 'same' AS kind, word, posts, 1 AS likeness FROM posts_knownword
        WHERE folded = asked ORDER BY posts DESC LIMIT 1)
    UNION ALL
    (SELECT 'slip', word, posts, similarity(folded, asked) FROM posts_knownword
        WHERE folded = ANY (ARRAY(SELECT jsonb_array_elements_text(%(slips)s::jsonb -> asked)))
        ORDER BY posts DESC LIMIT 1)
    UNION ALL
    (SELECT 'like', word, posts, similarity(folded, asked) AS likeness FROM posts_knownword
        WHERE folded %% asked AND folded <> asked ORDER BY likeness DESC, posts DESC LIMIT 5)
) AS near
"""


def learn(most=BATCH * 50):
    """Learns the words of readable posts it does not know yet, `most` at a time; how many posts that were.

    A withdrawn post's words stay known; what they would suggest is never shown without a readable post behind it.
    """
    learned = 0
    while learned < most and (count := learn_batch()):
        learned += count
    if learned:
        with connection.cursor() as cursor:
            cursor.execute(TIDY, [[index.name for index in SearchEntry._meta.indexes]])
    return learned


@transaction.atomic
def learn_batch():
    waiting = SearchEntry.objects.readable().filter(is_learned=False)
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    counts = Counter()
    for texts in Post.objects.filter(pk__in=ids).values_list("title", "standfirst", "body"):
        counts.update(words_of(f"{texts[0]} {texts[1]} {plain_text(texts[2])}"))
    for name in Author.objects.filter(bylines__post__in=ids).values_list("name", flat=True):
        counts.update(words_of(name))
    with connection.cursor() as cursor:
        cursor.execute(LEARN, [list(counts), list(counts.values())])
    SearchEntry.objects.filter(pk__in=ids).update(is_learned=True)
    return len(ids)


def name(most=BATCH * 50):
    """Tells posts the new names of authors and tags that have too many posts to tell at once; how many it were."""
    named = 0
    while named < most and (count := name_batch()):
        named += count
    return named


@transaction.atomic
def name_batch():
    """What was written down is locked, so that a name that changes meanwhile is told again or after this."""
    waiting = UntoldName.objects.order_by("post").select_for_update(skip_locked=True)
    ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    if ids:
        UntoldName.objects.filter(pk__in=ids).delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_names(%s)", [ids])
    return len(ids)


def words_of(text):
    """The different words of a text, in small letters and without an English genitive."""
    found = {re.sub(r"['’]s?$", "", word) for word in WORD.findall(text.lower())}
    return {word for word in found if SHORTEST - (word[0] > "\u024f") <= len(word) <= LONGEST}


def meant(text, folded, *, only_unknown):
    """The query with each word nobody has used replaced by the one most like it; "" when none is.

    Without `only_unknown`, words that are used seldom count as well, if a slip away from one used often. `folded` is
    the text folded, blank for blank.
    """
    written = text.split(" ")
    parts = [part.lower() if part[:1] == "-" else part.strip(AROUND).lower() for part in folded.split(" ")]
    wanted = {part for part in parts if WORD.fullmatch(part) and part != "or" and len(part) <= LONGEST}
    better = likeliest(sorted(wanted)[:GUESSED], only_unknown)
    if len(parts) != len(written) or not better:
        return ""
    return " ".join(
        re.sub(r"[^\"]+", better[part], word, count=1) if part in better else word
        for word, part in zip(written, parts, strict=True)
    )


def likeliest(words, only_unknown):
    """{a word: the one that was likely meant} for those of the folded words of which that can be said."""
    if not words:
        return {}
    with replica.connection().cursor() as cursor:
        cursor.execute(ALIKE, {"slips": json.dumps({word: slips(word) for word in words})})
        rows = cursor.fetchall()
    better = {}
    for word in words:
        near = {}
        for asked, kind, other, posts, likeness in rows:
            if asked == word:
                near.setdefault(kind, []).append((likeness + math.log10(posts + 1) / 10, posts, other))
        used = near["same"][0][1] if "same" in near else 0
        if used and only_unknown and "slip" not in near:
            continue
        best = max(near.get("slip") or near.get("like") or [], default=None)
        if best and best[1] >= used * RARER and (not used or "slip" in near):
            better[word] = best[2]
    return better


def slips(word):
    """What a word becomes by one slip: a letter lost, doubled, taken for another, or two exchanged."""
    alphabet = next((letters for letters in ALPHABETS if word[0] in letters), "")
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in halves if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in halves if right for letter in alphabet}
    found |= {left + letter + right for left, right in halves for letter in alphabet}
    return sorted(found - {word, ""})
