"""Which posts match, in what order, and how they spread over years, categories and authors: one statement.

A word that half of all posts have must cost no more than a rare one. So a search is measured first: one post in
sixty-four is in an index of its own, and one in 512 in another, for words that very many have. Few matches are all looked
at. Of many, the newest are listed, found by the marks of the months they came out in, with those that have the words in
their heads; and the sample says how many there are.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import Http404
from django.utils import timezone

from informed_comment import clocks, replica
from posts import archive
from posts.models.search import ROUGH, SAMPLE
from posts.paging import PAGE_LENGTH
from posts.searching import facets
from posts.searching.asked import DEPTH, Question
from posts.searching.shown import shown

RANKED = DEPTH * PAGE_LENGTH
MANY = 5_000  # matches up to which every one is counted
CHECKED = (
    2_000  # posts in which a phrase of common words is looked for: their words have to be read one by one
)
ROUGHLY = 256  # posts of the rough sample that are enough
WEIGHTS = "{0.5, 0.1, 0.4, 1.0}"  # names and tags, body, standfirst, title

# Where `IS TRUE` stands behind one, it is no way into an index: a few months have fewer posts than a busy author.
NARROWING = {
    "category": "categories @> (SELECT categories FROM asked)",
    "author": "authors @> (SELECT authors FROM asked)",
}

MATCHED = """
WITH asked AS MATERIALIZED (
    SELECT wanted, loose, loose <> wanted AS has_phrase, category.name AS category, author.name AS author,
        CASE WHEN %(in_year)s THEN loose && search_marks(%(since)s, %(until)s) ELSE loose END AS dated,
        CASE WHEN %(category)s = '' THEN '{}' ELSE ARRAY[category.id] END AS categories,
        CASE WHEN %(author)s = '' THEN '{}' ELSE ARRAY[author.id] END AS authors
    FROM (SELECT search_wanted(%(words)s)) AS query (wanted)
    CROSS JOIN LATERAL search_loose(wanted) AS loose
    LEFT JOIN posts_category AS category ON category.path = %(category)s
    LEFT JOIN authors_author AS author ON author.slug = %(author)s
), rough AS MATERIALIZED (
    SELECT readable_at, categories, authors FROM posts_searchentry
    WHERE hashint8(post_id) %% %(rough)s = 0 AND words @@ (SELECT dated FROM asked)
    AND readable_at BETWEEN %(since)s AND %(until)s
), scale AS MATERIALIZED (
    SELECT CASE WHEN count(*) < %(roughly)s THEN %(sample)s ELSE %(rough)s END AS times FROM rough
), sample AS MATERIALIZED (
    SELECT readable_at, categories, authors FROM rough
    WHERE (SELECT times FROM scale) = %(rough)s
    AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
    UNION ALL
    SELECT readable_at, categories, authors FROM posts_searchentry
    WHERE (SELECT times FROM scale) = %(sample)s
    AND hashint8(post_id) %% %(sample)s = 0 AND words @@ (SELECT dated FROM asked)
    AND readable_at BETWEEN %(since)s AND %(until)s
    AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
), measured AS MATERIALIZED (
    SELECT has_phrase, dated, count(readable_at) * times > CASE WHEN has_phrase THEN %(checked)s ELSE %(many)s END AS is_many,
        CASE WHEN has_phrase THEN %(checked)s / times WHEN times = %(rough)s THEN 3 ELSE %(enough)s END AS enough
    FROM asked CROSS JOIN scale LEFT JOIN sample ON true GROUP BY has_phrase, dated, times
), reach AS MATERIALIZED (
    SELECT is_many, is_many AND NOT has_phrase AS is_estimate, since,
        CASE WHEN is_many THEN %(few)s ELSE %(ranked)s END AS candidates,
        CASE WHEN is_recent THEN dated && search_marks(since, %(until)s) ELSE dated END AS query, is_recent
    FROM measured CROSS JOIN LATERAL (
        SELECT CASE WHEN is_many THEN (
            SELECT readable_at FROM sample ORDER BY readable_at DESC OFFSET enough LIMIT 1
        ) END
    ) AS newest (bound) CROSS JOIN LATERAL coalesce(bound, %(since)s) AS since
    CROSS JOIN LATERAL (SELECT since > %(until)s - interval '4 years') AS dating (is_recent)
), matched AS MATERIALIZED (
    SELECT post_id, readable_at, categories, authors, words FROM posts_searchentry
    WHERE (SELECT is_recent FROM reach) AND words @@ (SELECT query FROM reach)
    AND readable_at BETWEEN (SELECT since FROM reach) AND %(until)s
    AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
    AND CASE WHEN (SELECT has_phrase FROM asked) THEN words @@ (SELECT wanted FROM asked) ELSE true END
    UNION ALL
    SELECT post_id, readable_at, categories, authors, words FROM posts_searchentry
    WHERE NOT (SELECT is_recent FROM reach) AND words @@ (SELECT query FROM reach)
    AND readable_at BETWEEN (SELECT since FROM reach) AND %(until)s
    AND categories @> (SELECT categories FROM asked) AND authors @> (SELECT authors FROM asked)
    AND CASE WHEN (SELECT has_phrase FROM asked) THEN words @@ (SELECT wanted FROM asked) ELSE true END
), newest AS MATERIALIZED (
    SELECT post_id, readable_at, words FROM matched ORDER BY readable_at DESC, post_id DESC
    LIMIT (SELECT candidates FROM reach)
)"""

BY_DATE = """, listed AS (
    SELECT post_id, row_number() OVER (ORDER BY readable_at DESC, post_id DESC) AS place FROM newest
)"""

# What is new counts double, what is a year old half again; after many years only the words count.
BEST_FIRST = """, head_reach AS MATERIALIZED (
    SELECT CASE WHEN is_recent THEN dated && search_marks(bound, %(until)s) ELSE dated END AS query, is_recent
    FROM asked LEFT JOIN LATERAL (
        SELECT readable_at FROM posts_searchentry
        WHERE hashint8(post_id) %% %(sample)s = 0 AND search_head(words, readable_at) @@ (SELECT dated FROM asked)
        AND readable_at BETWEEN %(since)s AND %(until)s
        AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
        AND (SELECT is_many FROM reach)
        ORDER BY readable_at DESC OFFSET %(enough)s LIMIT 1
    ) AS newest (bound) ON true
    CROSS JOIN LATERAL (SELECT coalesce(bound > %(until)s - interval '4 years', false)) AS dating (is_recent)
), headed AS MATERIALIZED (
    SELECT post_id, readable_at, words FROM posts_searchentry
    WHERE (SELECT is_recent FROM head_reach) AND search_head(words, readable_at) @@ (SELECT query FROM head_reach)
    AND readable_at BETWEEN %(since)s AND %(until)s
    AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
    AND (SELECT count(*) FROM newest) = (SELECT candidates FROM reach)
    UNION ALL
    SELECT post_id, readable_at, words FROM posts_searchentry
    WHERE NOT (SELECT is_recent FROM head_reach) AND search_head(words, readable_at) @@ (SELECT query FROM head_reach)
    AND readable_at BETWEEN %(since)s AND %(until)s
    AND categories @> (SELECT categories FROM asked) AND authors @> (SELECT authors FROM asked)
    AND (SELECT count(*) FROM newest) = (SELECT candidates FROM reach)
    ORDER BY readable_at DESC, post_id DESC LIMIT (SELECT candidates FROM reach)
), scored AS (
    SELECT post_id, readable_at, ts_rank(%(weights)s, words, (SELECT wanted FROM asked), 1)
        * (1 + 1 / (1 + extract(epoch FROM %(until)s - readable_at) / 31557600)) AS score
    FROM (
        SELECT * FROM newest
        UNION ALL
        SELECT * FROM headed WHERE post_id NOT IN (SELECT post_id FROM newest)
        AND CASE WHEN (SELECT has_phrase FROM asked) THEN words @@ (SELECT wanted FROM asked) ELSE true END
    ) AS candidates
), listed AS (
    SELECT post_id, row_number() OVER (ORDER BY score DESC, readable_at DESC, post_id DESC) AS place FROM scored
)"""

COUNTED = """, counted AS MATERIALIZED (
    SELECT readable_at, categories, authors FROM matched WHERE NOT (SELECT is_estimate FROM reach)
    UNION ALL
    SELECT readable_at, categories, authors FROM sample WHERE (SELECT is_estimate FROM reach)
), years AS (
    SELECT width_bucket(readable_at, %(years)s::timestamptz[]) AS year, count(*) AS posts FROM counted GROUP BY 1
), sections AS (
    SELECT id, count(*) AS posts FROM counted, unnest(categories) AS id GROUP BY id ORDER BY 2 DESC LIMIT %(facet)s
), names AS (
    SELECT id, count(*) AS posts FROM counted, unnest(authors) AS id GROUP BY id ORDER BY 2 DESC LIMIT %(facet)s
)
SELECT jsonb_build_object(
    'ids', (SELECT array_agg(post_id ORDER BY place) FROM listed WHERE place > %(start)s AND place <= %(end)s),
    'listed', (SELECT count(*) FROM listed),
    'counted', (SELECT count(*) FROM counted),
    'is_estimate', (SELECT is_estimate FROM reach),
    'times', (SELECT times FROM scale),
    'is_partial', (SELECT is_many AND NOT is_estimate FROM reach),
    'has_words', numnode(wanted) > 0,
    'folded', search_folded(%(words)s),
    'category', category,
    'author', author,
    'years', (SELECT jsonb_agg(jsonb_build_array(year, posts) ORDER BY year DESC) FROM years),
    'categories', (
        SELECT jsonb_agg(jsonb_build_array(path, name, posts) ORDER BY posts DESC, name)
        FROM sections JOIN posts_category USING (id)
    ),
    'authors', (
        SELECT jsonb_agg(jsonb_build_array(slug, name, posts) ORDER BY posts DESC, name)
        FROM names JOIN authors_author USING (id)
    )
) FROM asked
"""


@dataclass
class Found:
    """One page of what was found.

    `total` is exact, but for `is_estimate`, when it comes from the sample, and `is_partial`, when a phrase was
    looked for in the newest posts that have its words. `folded` is the query as it was searched.
    """

    question: Question
    posts: list
    total: int
    listed: int
    is_estimate: bool
    is_partial: bool
    has_words: bool
    folded: str
    facets: list

    @property
    def number(self):
        return self.question.number

    @property
    def is_cut(self):
        """Whether more was found than is listed."""
        return self.total > self.listed

    @property
    def next_address(self):
        more = self.number < DEPTH and self.number * PAGE_LENGTH < self.listed
        return self.question.but(number=self.number + 1).address if more else ""

    @property
    def previous_address(self):
        return self.question.but(number=self.number - 1).address if self.number > 1 else ""


def find(question):
    """The page of posts a question asks for. Two queries, one when nothing is found.

    Raises Http404 for a category or an author there is not, and for a page past the last.
    """
    row = ask(question)
    if (question.category and row["category"] is None) or (question.author and row["author"] is None):
        raise Http404("There is no such category or author.")
    ids = row["ids"] or []
    if not ids and question.number > 1:
        raise Http404("So many posts were not found.")
    times = row["times"] if row["is_estimate"] else 1
    return Found(
        question=question,
        posts=shown(ids, question.words),
        total=facets.rounded(row["counted"] * times) if row["is_estimate"] else row["counted"],
        listed=min(row["listed"], RANKED),
        is_estimate=row["is_estimate"],
        is_partial=row["is_partial"],
        has_words=row["has_words"],
        folded=row["folded"],
        facets=facets.of(question, row, times),
    )


def ask(question):
    """What the one statement says, as a dictionary."""
    since, until = span(question.year)
    few = RANKED if question.by_date else RANKED * 3 // 10
    values = {
        "words": question.words,
        "category": question.category,
        "author": question.author,
        "in_year": question.year is not None,
        "since": since,
        "until": until,
        "years": year_starts(),
        "sample": SAMPLE,
        "rough": ROUGH,
        "roughly": ROUGHLY,
        "ranked": RANKED,
        "few": few,
        "many": MANY,
        "checked": CHECKED,
        "enough": few * 3 // 2 // SAMPLE + 6,  # hardly ever too few
        "weights": WEIGHTS,
        "facet": facets.LONGEST,
        "start": (question.number - 1) * PAGE_LENGTH,
        "end": question.number * PAGE_LENGTH,
    }
    statement = MATCHED + (BY_DATE if question.by_date else BEST_FIRST) + COUNTED
    with replica.connection().cursor() as cursor:
        cursor.execute(narrowed(statement, values), values)
        return json.loads(cursor.fetchone()[0])


def narrowed(statement, values):
    """The statement with the conditions that narrow it: an index over authors and sections is asked only if it can help."""
    for name, condition in NARROWING.items():
        if not values[name]:
            statement = statement.replace(condition, "true")
    return statement


def span(year):
    """The first and the last moment that count: of a year, or of all time up to now."""
    now = clocks.present()
    if year is None:
        return datetime(1, 1, 2, tzinfo=UTC), now
    start, end = archive.bounds(year)
    return start, min(end - timedelta(microseconds=1), now)


def year_starts():
    """The first moments of the years facets are counted by, in the publication's zone."""
    return [archive.bounds(year)[0] for year in range(facets.FIRST_YEAR, timezone.localtime().year + 1)]
