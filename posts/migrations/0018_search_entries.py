import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models
from django.db.models.lookups import Exact

from posts.models.search import Hash

from informed_comment import stepwise


class HeadWords(models.Func):
    template = "ts_filter(%(expressions)s, '{a,b,d}')"


MARK = """
CREATE FUNCTION search_mark(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '@' || floor(extract(epoch FROM moment) / 2592000);
CREATE FUNCTION search_marks(since timestamptz, until timestamptz) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT string_agg('''@' || thirty_days || '''', ' | ')::tsquery FROM generate_series(
        floor(extract(epoch FROM since) / 2592000)::int, floor(extract(epoch FROM until) / 2592000)::int
    ) AS thirty_days
)
"""
BESIDE = """
CREATE FUNCTION search_beside(post bigint, readable_at timestamptz) RETURNS tsvector LANGUAGE sql STABLE
RETURN setweight(to_tsvector('posts', search_folded((
    SELECT coalesce(left(string_agg(name, ' . '), 5000), '') FROM (
        SELECT DISTINCT name FROM authors_author JOIN posts_byline ON author_id = authors_author.id
        WHERE post_id = post
        UNION ALL
        SELECT name FROM posts_tag JOIN posts_taggedpost ON tag_id = posts_tag.id WHERE content_object_id = post
    ) AS names
))), 'D') || array_to_tsvector(array_remove(ARRAY[search_mark(readable_at)], NULL))
"""
READABLE = "CASE WHEN {post}.status = 'published' THEN {post}.published_at END"
VALUES = f"""{{post}}.id, {READABLE}, false,
        ARRAY(SELECT category_id FROM posts_filing WHERE post_id = {{post}}.id),
        ARRAY(SELECT DISTINCT author_id FROM posts_byline WHERE post_id = {{post}}.id),
        search_words({{post}}.title, {{post}}.standfirst, {{post}}.body) || search_beside({{post}}.id, {READABLE})"""
INSERT = "INSERT INTO posts_searchentry (post_id, readable_at, is_learned, categories, authors, words)"
# Whoever changes a post or what is tied to it locks it, too; what the triggers have entered meanwhile stays.
LOCK = "SELECT FROM posts_post WHERE id BETWEEN %(low)s AND %(high)s ORDER BY id FOR NO KEY UPDATE"
FILL = f"""
{INSERT} SELECT {VALUES.format(post="post")} FROM posts_post AS post WHERE id BETWEEN %(low)s AND %(high)s
    AND NOT EXISTS (SELECT FROM posts_searchentry WHERE post_id = post.id)
ON CONFLICT (post_id) DO NOTHING
"""

# The words lie apart from the row, so that matches are counted over narrow rows; what is not indexed changes in place.
STORAGE = """
ALTER TABLE posts_searchentry ALTER words SET STORAGE EXTERNAL;
ALTER TABLE posts_searchentry SET (toast_tuple_target = 128, fillfactor = 85)
"""

ENTER = f"""
CREATE FUNCTION search_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INSERT}
    VALUES ({VALUES.format(post="NEW")})
    ON CONFLICT (post_id) DO UPDATE SET
        readable_at = excluded.readable_at, is_learned = false, words = excluded.words;
    RETURN NULL;
END
$$;
CREATE TRIGGER posts_post_enters_search AFTER INSERT ON posts_post FOR EACH ROW EXECUTE FUNCTION search_enter();
CREATE TRIGGER posts_post_enters_search_anew AFTER UPDATE ON posts_post FOR EACH ROW
WHEN ((OLD.title, OLD.standfirst, OLD.body) IS DISTINCT FROM (NEW.title, NEW.standfirst, NEW.body))
EXECUTE FUNCTION search_enter()
"""
DATE = f"""
CREATE FUNCTION search_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE posts_searchentry SET
        readable_at = {READABLE.format(post="NEW")},
        words = ts_filter(words, '{{a,b,c}}') || search_beside(NEW.id, {READABLE.format(post="NEW")})
    WHERE post_id = NEW.id AND readable_at IS DISTINCT FROM {READABLE.format(post="NEW")};
    RETURN NULL;
END
$$;
CREATE TRIGGER posts_post_is_dated_in_search AFTER UPDATE ON posts_post FOR EACH ROW
WHEN ((OLD.status, OLD.published_at) IS DISTINCT FROM (NEW.status, NEW.published_at)
    AND (OLD.title, OLD.standfirst, OLD.body) IS NOT DISTINCT FROM (NEW.title, NEW.standfirst, NEW.body))
EXECUTE FUNCTION search_date()
"""

# What ties a post to authors, tags and categories is written many rows at a time, so these look at whole statements,
# and only at the posts for which something other than a date has changed.
NAMES = """
CREATE FUNCTION search_names(posts bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE posts_searchentry SET
        authors = ARRAY(SELECT DISTINCT author_id FROM posts_byline WHERE post_id = posts_searchentry.post_id),
        words = ts_filter(words, '{a,b,c}') || search_beside(post_id, readable_at)
    WHERE post_id = ANY (posts)
$$
"""
CATEGORIES = """
CREATE FUNCTION search_categories(posts bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE posts_searchentry SET
        categories = ARRAY(SELECT category_id FROM posts_filing WHERE post_id = posts_searchentry.post_id)
    WHERE post_id = ANY (posts)
$$
"""
CHANGED = {
    "insert": ("NEW TABLE AS after", "SELECT {columns} FROM after"),
    "delete": ("OLD TABLE AS before", "SELECT {columns} FROM before"),
    "update": (
        "OLD TABLE AS before NEW TABLE AS after",
        "(SELECT {columns} FROM before EXCEPT SELECT {columns} FROM after) UNION ALL "
        "(SELECT {columns} FROM after EXCEPT SELECT {columns} FROM before)",
    ),
}


def tied(table, post, other, deed):
    """Triggers on a table that ties posts to something else by the columns `post` and `other`."""
    forward, backward = [], []
    for event, (transition, changed) in CHANGED.items():
        name = f"{table}_{event}_in_search"
        rows = changed.format(columns=f"{post}, {other}")
        forward += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM {deed}(ARRAY(SELECT DISTINCT {post} FROM ({rows}) AS changed)); RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {transition} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
        backward.append(f"DROP FUNCTION {name}() CASCADE")
    return migrations.RunSQL(forward, backward)


def named(table, ties, post, other):
    """A new name is told to every post that bears it."""
    name = f"{table}_is_renamed_in_search"
    return migrations.RunSQL(
        [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM search_names(ARRAY(SELECT {post} FROM {ties} WHERE {other} = NEW.id)); RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION {name}()",
        ],
        [f"DROP FUNCTION {name}() CASCADE"],
    )


INDEXES = [
    stepwise.Index("searchentry", index)
    for index in (
        django.contrib.postgres.indexes.GinIndex(
            fields=["words"], gin_pending_list_limit=512, name="search_words"
        ),
        django.contrib.postgres.indexes.GinIndex(
            HeadWords("words"), gin_pending_list_limit=512, name="search_head_words"
        ),
        django.contrib.postgres.indexes.GinIndex(
            condition=models.Q(Exact(Hash("post") % 16, 0)),
            fields=["words"],
            gin_pending_list_limit=512,
            name="search_sample",
        ),
    )
]


class Migration(stepwise.Stepwise):
    """What search reads, filled from the posts there are and kept true by triggers; the posts' own column goes."""

    dependencies = [("posts", "0017_search_words")]

    operations = [
        migrations.CreateModel(
            "SearchEntry",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        "posts.post",
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                    ),
                ),
                ("readable_at", models.DateTimeField(null=True)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list),
                ),
                ("authors", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list)),
                ("is_learned", models.BooleanField(default=False)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"verbose_name_plural": "search entries"},
        ),
        migrations.CreateModel(
            "KnownWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("folded", models.CharField(max_length=60)),
                ("posts", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["folded"], name="known_words_folded"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded"], opclasses=["gin_trgm_ops"], name="known_words_alike"
                    ),
                ]
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(
            MARK,
            "DROP FUNCTION search_marks(timestamptz, timestamptz); DROP FUNCTION search_mark(timestamptz)",
        ),
        migrations.RunSQL(BESIDE, "DROP FUNCTION search_beside(bigint, timestamptz)"),
        migrations.RunSQL(ENTER, "DROP FUNCTION search_enter() CASCADE"),
        migrations.RunSQL(DATE, "DROP FUNCTION search_date() CASCADE"),
        migrations.RunSQL(NAMES, "DROP FUNCTION search_names(bigint[])"),
        migrations.RunSQL(CATEGORIES, "DROP FUNCTION search_categories(bigint[])"),
        tied("posts_byline", "post_id", "author_id", "search_names"),
        tied("posts_taggedpost", "content_object_id", "tag_id", "search_names"),
        tied("posts_filing", "post_id", "category_id", "search_categories"),
        named("authors_author", "posts_byline", "post_id", "author_id"),
        named("posts_tag", "posts_taggedpost", "content_object_id", "tag_id"),
        stepwise.in_batches(LOCK, FILL, over="posts_post", size=50),
        *INDEXES,
        stepwise.DropIndex("post", "posts_search"),
        migrations.RemoveField("post", "search"),
    ]
