"""Choosing the posts a reader may like next: ahead of time, in the worker, within a bound at any size of the site.

Two posts are alike by what they share: tags, sections, and the words that tell most about the text. Each counts the
more the fewer posts have it, 1 ÷ ln(1 + how many), after L. A. Adamic and E. Adar, "Friends and neighbors on the
Web", Social Networks 25 (2003). A candidate fades by half every eight years, so that the order of two never changes by
time passing alone; one in another language counts half.
"""

from django.db import connection, transaction

from informed_comment import jobs
from posts.models import Post, RelatedPosts

KEPT = 6
TOLD = 12  # how many of those most like a post look again when its own list has changed
NEWEST = 50

# What is asked of the text stands here and nowhere else: the words of one post that may tell what it is about (often
# or prominently used, not in every second post as far as ANALYZE knows), and the posts that have a word.
WORDS = """
WITH common AS (
    SELECT word FROM pg_stats, pg_class, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, share)
    WHERE schemaname = current_schema() AND tablename = 'posts_searchentry' AND attname = 'words'
        AND pg_class.oid = 'posts_searchentry'::regclass AND share * reltuples > %(rare)s
)
SELECT lexeme FROM posts_searchentry, unnest(ts_filter(words, '{a,b,c}')) AS said
WHERE post_id = %(post)s AND length(lexeme) > 2 AND lexeme !~ '^[0-9.,/-]+$'
    AND lexeme NOT IN (SELECT word FROM common WHERE word IS NOT NULL)
ORDER BY least(cardinality(positions), 4) + 3 * ('A' = ANY (weights))::int + ('B' = ANY (weights))::int DESC,
    length(lexeme) DESC, lexeme
LIMIT %(asked)s
"""
POSTS_WITH = "SELECT post_id AS id FROM posts_searchentry WHERE words @@ word::tsquery"

# A label or word that more posts have than `counted` or `rare` is looked at no further; of a label's posts, the newest
# are candidates. So every part of this reads a bounded number of index entries.
RANK = f"""
WITH hits AS MATERIALIZED (
    SELECT word, id FROM unnest(%(words)s::text[]) AS word
    CROSS JOIN LATERAL ({POSTS_WITH} LIMIT %(rare)s + 1) AS found
), telling AS (
    SELECT word, 1 / ln(1 + count(*)) AS weight FROM hits GROUP BY word HAVING count(*) <= %(rare)s
), worded AS MATERIALIZED (
    SELECT id, sum(weight) AS likeness FROM hits JOIN telling USING (word) GROUP BY id
), tags AS MATERIALIZED (
    SELECT tag_id, 1 / ln(1 + greatest(n, 1)) AS weight
    FROM (SELECT tag_id FROM posts_taggedpost WHERE content_object_id = %(post)s ORDER BY tag_id DESC LIMIT %(labels)s) AS own
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
        SELECT FROM posts_taggedpost AS other WHERE other.tag_id = own.tag_id LIMIT %(counted)s) AS bounded) AS had
), sections AS MATERIALIZED (
    SELECT category_id, 1 / ln(1 + greatest(n, 1)) AS weight
    FROM (SELECT category_id FROM posts_filing WHERE post_id = %(post)s AND is_direct ORDER BY id LIMIT %(labels)s) AS own
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
        SELECT FROM posts_filing AS other WHERE other.category_id = own.category_id LIMIT %(counted)s) AS bounded) AS had
), candidates AS MATERIALIZED (
    (SELECT id FROM worded ORDER BY likeness DESC, id DESC LIMIT %(newest)s)
    UNION SELECT found.id FROM tags CROSS JOIN LATERAL (
        SELECT content_object_id AS id FROM posts_taggedpost AS other
        WHERE other.tag_id = tags.tag_id AND published_at <= now()
        ORDER BY published_at DESC, content_object_id DESC LIMIT %(newest)s) AS found
    UNION SELECT found.id FROM sections CROSS JOIN LATERAL (
        SELECT post_id AS id FROM posts_filing AS other
        WHERE other.category_id = sections.category_id AND published_at <= now()
        ORDER BY published_at DESC, post_id DESC LIMIT %(newest)s) AS found
)
SELECT post.id FROM candidates JOIN posts_post AS post USING (id) LEFT JOIN worded USING (id)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(weight), 0) AS likeness FROM posts_taggedpost AS other JOIN tags USING (tag_id)
    WHERE other.content_object_id = post.id) AS tagged
CROSS JOIN LATERAL (
    SELECT coalesce(sum(weight), 0) AS likeness FROM posts_filing AS other JOIN sections USING (category_id)
    WHERE other.post_id = post.id) AS filed
WHERE post.id <> %(post)s AND post.status = 'published' AND post.published_at <= now()
ORDER BY (3 * tagged.likeness + filed.likeness + coalesce(worded.likeness, 0))
    * CASE WHEN post.language = (SELECT language FROM posts_post WHERE id = %(post)s) THEN 1 ELSE 0.5 END
    * power(0.5, extract(epoch FROM now() - post.published_at) / (8 * 365.25 * 86400)) DESC,
    post.published_at DESC, post.id DESC
LIMIT %(told)s
"""
BOUNDS = {"asked": 12, "rare": 150, "counted": 2000, "labels": 12, "newest": 40, "told": TOLD}

# The lock lets nobody remove the post before its list is written, and keeps nobody from saving it.
KEEP = """
INSERT INTO posts_relatedposts AS kept (post_id, post_ids, computed_at)
SELECT id, %s, statement_timestamp() FROM posts_post WHERE id = %s FOR KEY SHARE
ON CONFLICT (post_id) DO UPDATE SET post_ids = excluded.post_ids, computed_at = excluded.computed_at
WHERE kept.post_ids <> excluded.post_ids
"""


def ask(post_id, *, tells=True):
    """Has the worker choose the post's list; `tells` also has the posts most like it look again, if it has changed."""
    name = f"relate {post_id}"
    jobs.defer(
        "posts.tasks.relate",
        queueing_lock=name if tells else f"{name} alone",
        lock=name,
        post_id=post_id,
        tells=tells,
    )


def refresh(post_id, *, tells=True):
    """Chooses the post's list anew, and so that older posts learn of it, asks for those of the posts most like it."""
    alike = relate(post_id)
    if tells:
        for other in RelatedPosts.objects.filter(post__in=alike).values_list("post_id", flat=True):
            ask(other, tells=False)


def relate(post_id):
    """Chooses and keeps the list of one post; the ids most like it if that changed anything, else none.

    A post that readers do not see has no list. The job may begin before the deed that asked for it has committed:
    looking for the lock waits for that, and lets go before anything is written.
    """
    with transaction.atomic():
        found = Post.objects.filter(pk=post_id).select_for_update(no_key=True)
        post = found.only("status", "published_at").first()
    if post is None or not post.is_public:
        had = RelatedPosts.objects.filter(post=post_id)
        alike = list(had.values_list("post_ids", flat=True))
        had.delete()
        return alike[0] if alike else []
    alike = rank(post_id)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [alike[:KEPT], post_id])
        return alike if cursor.rowcount else []


def rank(post_id):
    """Ids of the published posts most like a post, best first.

    PostgreSQL thinks a word that it reads off another table common, and a walk through all texts cheap: it is neither.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(WORDS, {"post": post_id, **BOUNDS})
        words = [quoted(word) for (word,) in cursor.fetchall()]
        cursor.execute(RANK, {"post": post_id, "words": words, **BOUNDS})
        return [pk for (pk,) in cursor.fetchall()]


def quoted(word):
    """A word as a tsquery that means just it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def lacking():
    """Published posts without a list, newest first: imported ones, and those whose hour has just come."""
    return Post.objects.published().filter(related_posts__isnull=True).newest_first()


def refresh_newest():
    """Lists for those of the newest posts that lack one; older posts learn of them."""
    newest = Post.objects.published().newest_first().values("pk")[:NEWEST]
    for pk in lacking().filter(pk__in=newest).values_list("pk", flat=True):
        refresh(pk)


def fill(count):
    """Lists for up to `count` posts that lack one; how many it were."""
    found = list(lacking().values_list("pk", flat=True)[:count])
    for pk in found:
        relate(pk)
    return len(found)
