"""The rows of a made publication as SQL: everything follows from a post's number, so that a million take minutes.

`pg_temp.chance(number, salt)` is the same float from 0 to 1 each time. A post's text is of paragraphs drawn from a stock,
a sentence of names that about 120 posts share each, and a word nobody else has.
"""

from contextlib import contextmanager

TOPS, CATEGORIES = 12, 60  # each of the tops has four beneath it
AUTHORS, TAGS = 2_000, 20_000
TIES = ["posts_filing", "posts_byline", "posts_taggedpost"]
FEW = 60  # posts of the author of few, and with the rare word, at any size
RARE = "zqrare"

CHANCE = """
CREATE OR REPLACE FUNCTION pg_temp.chance(number bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(number, salt) & 2147483647)::float8 / 2147483648
"""

# What is drawn for each post. `names`: invented words of six letters.
MADE = """
CREATE TEMP TABLE made AS
SELECT n AS id, at, to_char(at AT TIME ZONE %(zone)s, '/YYYY/MM/') || 'post-' || n || '.html' AS permalink,
    CASE WHEN n %% greatest(1, %(posts)s / %(few)s) = 0 THEN %(rare)s || ' zq' || n ELSE 'zq' || n END AS own,
    (SELECT string_agg(translate(lpad(floor(pg_temp.chance(n, 100 + k) * greatest(10, %(posts)s / 10))::int::text, 6, '0'),
        '0123456789', 'badelimoku'), ' ') FROM generate_series(1, 12) AS k) AS names,
    ARRAY(SELECT 1 + floor(pg_temp.chance(n, 200 + k) * %(stock)s)::int
        FROM generate_series(1, 8 + floor(pg_temp.chance(n, 300) * 2)::int) AS k) AS drawn,
    CASE WHEN pg_temp.chance(n, 1) < 1 / 3.0 THEN 1 + floor(pg_temp.chance(n, 2) * %(images)s)::int END AS lead,
    CASE WHEN pg_temp.chance(n, 3) < 1 / 8.0 THEN 1 + floor(pg_temp.chance(n, 4) * %(images)s)::int END AS shown
FROM (SELECT n, %(newest)s::timestamptz - interval '25 years' * (1 - n::float8 / %(posts)s) AS at
    FROM generate_series(1, %(posts)s) AS n) AS dated
"""
IMAGES = """
INSERT INTO images_image (id, title, credit, licence, source_url, sha256, size, created_at, file, width, height, alt,
    is_decorative, caption, renditions, focal_x, focal_y)
SELECT n, '', 'Photographer ' || n %% 90, '', '', md5(n::text), 400000, %(newest)s, 'images/2026/01/picture-' || n || '.jpg',
    1800, 1200, 'A picture of place ' || n, false, 'Seen from place ' || n || '.',
    replace(%(renditions)s, '{stem}', 'picture-' || n)::jsonb, 0.5, 0.5
FROM generate_series(1, %(images)s) AS n
"""
POSTS = """
INSERT INTO posts_post (id, title, slug, standfirst, body, lead_image_id, lead_caption, video_url, video_title, status,
    published_at, trashed_from, permalink, seo_title, seo_description, language, social_card, word_count, version, created_at,
    updated_at, original_url, original_name, licence)
SELECT made.id, title.title || ' ' || own, 'post-' || made.id, standfirst.standfirst,
    '<p>' || a.text || '</p><p>' || b.text || '</p>' || coalesce('<figure class="image"><img src="/media/images/2026/01/picture-'
        || shown || '.jpg" alt="A picture" width="1800" height="1200" data-image="' || shown || '"></figure>', '')
        || '<p>' || c.text || '</p><h2>' || title.title || '</h2><p>' || d.text || '</p><p>' || e.text
        || ' <a href="https://site-' || made.id %% 5000 || '.example/story">Told elsewhere</a>.</p><p>' || f.text || '</p>'
        || coalesce('<p>' || g.text || '</p>', '') || '<p>' || names || '.</p>',
    lead, '', '', '', 'published', at, '', permalink, '', '', 'en', '',
    432 + 70 * (g.text IS NOT NULL)::int, 1, at, at + interval '1 hour', '', '', ''
FROM made JOIN stock AS title ON title.place = drawn[1] JOIN stock AS standfirst ON standfirst.place = drawn[2]
JOIN stock AS a ON a.place = drawn[3] JOIN stock AS b ON b.place = drawn[4] JOIN stock AS c ON c.place = drawn[5]
JOIN stock AS d ON d.place = drawn[6] JOIN stock AS e ON e.place = drawn[7] JOIN stock AS f ON f.place = drawn[8]
LEFT JOIN stock AS g ON g.place = drawn[9]
"""
ENTRIES = """
INSERT INTO posts_searchentry (post_id, readable_at, is_learned, categories, authors, words)
SELECT made.id, at, true, ARRAY(SELECT category_id FROM posts_filing WHERE post_id = made.id),
    ARRAY(SELECT DISTINCT author_id FROM posts_byline WHERE post_id = made.id),
    title.title_words || setweight(to_tsvector('posts', own), 'A') || standfirst.standfirst_words
        || a.words || b.words || c.words || setweight(title.title_words, 'C') || d.words || e.words
        || setweight(to_tsvector('posts', 'Told elsewhere'), 'C') || f.words || coalesce(g.words, '')
        || setweight(to_tsvector('posts', names), 'C') || search_beside(made.id, at)
FROM made JOIN stock AS title ON title.place = drawn[1] JOIN stock AS standfirst ON standfirst.place = drawn[2]
JOIN stock AS a ON a.place = drawn[3] JOIN stock AS b ON b.place = drawn[4] JOIN stock AS c ON c.place = drawn[5]
JOIN stock AS d ON d.place = drawn[6] JOIN stock AS e ON e.place = drawn[7] JOIN stock AS f ON f.place = drawn[8]
LEFT JOIN stock AS g ON g.place = drawn[9]
"""

# The first section and what is beneath it have 30 of 100 posts, the others ever fewer.
FILINGS = """
INSERT INTO posts_filing (post_id, category_id, is_direct, published_at)
SELECT id, branch, is_direct, at FROM (
    SELECT DISTINCT ON (id, branch) id, branch, is_direct, place, at
    FROM made CROSS JOIN LATERAL (
        SELECT place, CASE WHEN place = 1 AND pg_temp.chance(id, 21) < 0.3 THEN 1
            ELSE 2 + floor((%(tops)s - 1) * power(pg_temp.chance(id, 21 + place), 2))::int END AS top
        FROM generate_series(1, 1 + (pg_temp.chance(id, 20) < 0.4)::int + (pg_temp.chance(id, 20) < 0.1)::int) AS place
    ) AS chosen
    CROSS JOIN LATERAL (SELECT top + %(tops)s * floor(pg_temp.chance(id, 30 + place) * 5)::int AS category) AS filed
    CROSS JOIN LATERAL (VALUES (category, true), (top, category = top)) AS branches (branch, is_direct)
    ORDER BY id, branch, is_direct DESC, place
) AS found ORDER BY id, is_direct DESC, place
"""
# Author 1 signs a fifth; the last one the oldest few; one in four posts has two authors, one in twelve three.
BYLINES = """
INSERT INTO posts_byline (post_id, author_id, role, position, published_at)
SELECT id, author, 'by', min(place) - 1, at
FROM made CROSS JOIN LATERAL (
    SELECT place, CASE WHEN place = 1 AND id <= %(few)s THEN %(authors)s
        WHEN place = 1 AND pg_temp.chance(id, 41) < 0.2 THEN 1
        ELSE 2 + floor((%(authors)s - 2) * power(pg_temp.chance(id, 41 + place), 2))::int END AS author
    FROM generate_series(1, 1 + (pg_temp.chance(id, 40) < 0.25)::int + (pg_temp.chance(id, 40) < 0.08)::int) AS place
) AS signed GROUP BY id, author, at ORDER BY id, min(place)
"""
TAGGINGS = """
INSERT INTO posts_taggedpost (content_object_id, tag_id, published_at)
SELECT DISTINCT id, 1 + floor(%(tags)s * power(pg_temp.chance(id, 50 + place), 4))::int, at
FROM made CROSS JOIN generate_series(1, 2 + floor(5 * power(pg_temp.chance(id, 50), 2))::int) AS place ORDER BY id
"""

# As many as the worker would choose, and from all the years; of a few hundred that share something.
RELATED = """
INSERT INTO posts_relatedposts (post_id, post_ids, computed_at)
SELECT id, array_remove(ARRAY[lag(id) OVER near, lead(id) OVER near, lag(id, 2) OVER near, lead(id, 2) OVER near,
    lag(id, 3) OVER near, lead(id, 3) OVER near], NULL), now()
FROM (SELECT content_object_id AS id, max(tag_id) %% greatest(1, %(posts)s / 500) AS shared
    FROM posts_taggedpost GROUP BY content_object_id) AS tagged
WINDOW near AS (PARTITION BY shared ORDER BY id)
"""
BESIDE = [
    """INSERT INTO posts_publishedday (day, posts, changed_at)
    SELECT (at AT TIME ZONE 'UTC')::date, count(*), max(at) + interval '1 hour' FROM made GROUP BY 1""",
    *(
        f"INSERT INTO posts_{thing}year ({thing}_id, year, posts) SELECT {thing}_id, "
        f"extract(year FROM published_at AT TIME ZONE 'UTC'), count(DISTINCT {post}) FROM {rows} GROUP BY 1, 2"
        for thing, rows, post in (
            ("category", "posts_filing", "post_id"),
            ("author", "posts_byline", "post_id"),
            ("tag", "posts_taggedpost", "content_object_id"),
        )
    ),
    """INSERT INTO posts_correction (post_id, kind, text, made_at)
    SELECT id, 'correction', '<p>The river is longer than was said here.</p>', at + interval '2 days' FROM made
    WHERE id %% 200 = 0 AND at < now() - interval '3 days'""",
    # One post in a hundred has comments; one of the newest has three pages of them.
    """INSERT INTO posts_readercomment (post_id, kind, name, website, text, anchor, published_at, is_shown, page, position, depth)
    SELECT id, 'comment', 'Reader ' || n, '', '<p>What is said of ' || names || ' I have seen.</p>', 'comment-' || id || '-' || n,
        at + n * interval '9 minutes', true, 1 + (n - 1) / 50, n - 1, 0
    FROM made CROSS JOIN LATERAL generate_series(1, CASE WHEN id = %(posts)s - 2 THEN 150 ELSE 1 + id %% 19 END::int) AS n
    WHERE id %% 100 = 0 OR id = %(posts)s - 2""",
    """INSERT INTO posts_knownword (word, folded, posts)
    SELECT word, word, count(*) * %(posts)s * 6 / %(stock)s FROM stock CROSS JOIN regexp_split_to_table(lower(text), '[^a-z]+') AS word
    WHERE length(word) BETWEEN 3 AND 40 GROUP BY word ON CONFLICT DO NOTHING""",
    """INSERT INTO posts_knownword (word, folded, posts) SELECT DISTINCT name, name, 120
    FROM made CROSS JOIN regexp_split_to_table(names, ' ') AS name ON CONFLICT DO NOTHING""",
    """SELECT setval(pg_get_serial_sequence('posts_post', 'id'), (SELECT max(id) FROM posts_post)),
    setval(pg_get_serial_sequence('images_image', 'id'), greatest(1, (SELECT max(id) FROM images_image)))""",
]
# Posts no reader sees, as many of each kind at any size. Triggers do here what they do for an editor.
UNPUBLISHED = """
INSERT INTO posts_post (title, slug, standfirst, body, lead_caption, video_url, video_title, status, published_at, trashed_from,
    permalink, seo_title, seo_description, language, social_card, word_count, version, created_at, updated_at, original_url,
    original_name, licence)
SELECT stock.title, status || '-' || n, standfirst, '<p>' || text || '</p>', '', '', '', status,
    CASE WHEN status = 'published' THEN now() + n * interval '1 day' END, '',
    CASE WHEN status = 'published' THEN '/coming/' || n || '.html' END, '', '', 'en', '', 70, 1, now(), now(), '', '', ''
FROM unnest(ARRAY['draft', 'in_review', 'published', 'withdrawn']) AS status CROSS JOIN generate_series(1, %(few)s) AS n
JOIN stock ON place = n
"""


@contextmanager
def without_indexes(cursor, tables):
    """Indexes and keys of the tables are made anew at the end, which is many times as quick."""
    cursor.execute(
        """SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint AS own
        WHERE conrelid = ANY(%s::text[]::regclass[]) AND contype IN ('p', 'u', 'f') AND NOT EXISTS
        (SELECT FROM pg_constraint AS other  -- keys to which others point stay
            WHERE other.contype = 'f' AND own.contype <> 'f' AND other.conindid = own.conindid)
        ORDER BY contype <> 'f'""",
        [tables],
    )
    kept = cursor.fetchall()
    for table, name, _ in kept:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(
        """SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = ANY(%s::text[]::regclass[]) AND NOT EXISTS
        (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for table, name, definition in reversed(kept):
        rest = " NOT VALID" if definition.startswith("FOREIGN KEY") else ""
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}{rest}')
    for _, definition in indexes:
        cursor.execute(definition)
