from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# How words are made alike. The same for what is indexed and for what is asked. Blanks stay where they are: what
# parts a word in two becomes the character 31, so that a folded text can be laid beside the text word by word.

LETTERS = r"""
CREATE FUNCTION search_letters(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text := replace($1, ' ', E'\x1e');
BEGIN
    t := normalize(unaccent('unaccent', t), NFKD);
    -- accents, niqqud, tashkeel, tatweel, the signs of direction
    t := regexp_replace(t, '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
        '\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed'
        '\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+', '', 'g');
    IF t ~ '[\u0621-\u06ff]' THEN
        -- Persian and Urdu letters as Arabic ones; the article and what is written together with it goes
        t := replace(replace(replace(replace(t, 'ی', 'ي'), 'ى', 'ي'), 'ے', 'ي'), 'ک', 'ك');
        t := replace(replace(replace(replace(t, 'ة', 'ه'), 'ہ', 'ه'), 'ھ', 'ه'), 'ٱ', 'ا');
        t := regexp_replace(t, '(?<![\u0621-\u064a])(?:[وف]?[بك]?ال|[وف]?لل)(?=[\u0621-\u064a]{3})', '', 'g');
    END IF;
    IF t ~ '[٠-٩۰-۹]' THEN
        t := translate(t, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789');
    END IF;
    t := regexp_replace(t, '[ \u0085-\u00bf\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u060c'
        '\u061b-\u061f\u066a-\u066d\u06d4\u2000-\u206f\u3000-\u303f]', E'\x1f', 'g');
    RETURN replace(normalize(t, NFC), E'\x1e', ' ');
END
$$
"""
FOLDED = r"""
CREATE FUNCTION search_folded(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text := $1;
BEGIN
    t := replace(replace(replace(replace(t, '’', ''''), '‘', ''''), '“', '"'), '”', '"');
    t := replace(replace(replace(t, '—', '/'), '–', '/'), '…', '/');
    IF octet_length(t) <> length(t) THEN
        t := search_letters(t);
    END IF;
    IF t ~ '[A-Za-z]\.[A-Za-z]\.' THEN  -- U.S. is US
        t := regexp_replace(t, '\m([A-Za-z])\.(?=[A-Za-z]\M)', '\1', 'g');
    END IF;
    IF strpos(t, '''') > 0 THEN  -- Qur'an is Quran, Iran's is Irans and stemmed, l'Iran is two words
        t := replace(replace(t, ' l''', E' l\x1f'), ' L''', E' L\x1f');
        t := replace(replace(t, ' d''', E' d\x1f'), ' D''', E' D\x1f');
        t := replace(replace(t, 's''s', 's'), '''', '');
    END IF;
    -- what the parser would take for an address, a path, an entity or a sign
    t := replace(replace(replace(replace(t, '.', E'\x1f'), '/', E'\x1f'), '@', E'\x1f'), ':', E'\x1f');
    t := replace(replace(replace(replace(t, '&', E'\x1f'), '<', E'\x1f'), '>', E'\x1f'), '~', E'\x1f');
    t := replace(replace(replace(t, '_', E'\x1f'), '+', E'\x1f'), '=', E'\x1f');
    -- a hyphen parts a word; before one it stays, for there it leaves a word out of a query
    t := replace(replace(' ' || t, ' -', E' \x02'), '-', E'\x1f');
    RETURN substr(replace(t, E'\x02', '-'), 2);
END
$$
"""
PLAIN = r"""
CREATE FUNCTION search_spaced(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    regexp_replace($1, '[\u0001-\u001f\u007f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]', ' ', 'g'),
    ' {2,}', ' ', 'g'
));
CREATE FUNCTION search_plain(html text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN search_spaced(replace(replace(replace(replace(replace(
    regexp_replace(
        regexp_replace(
            html, '</(p|h[1-6]|li|blockquote|figcaption|td|th|tr|dt|dd|pre|div|caption)>|<[bh]r[^>]*>|<span class="footnote"[^>]*>', ' ', 'g'
        ),
        '<[^>]*>', '', 'g'
    ),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'))
"""
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION posts (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION posts ALTER MAPPING FOR word, hword, hword_part WITH simple
"""

# PostgreSQL refuses a tsvector over 1 MB; the length of what is indexed keeps below it in any script.
WORDS = """
CREATE FUNCTION search_words(title text, standfirst text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('posts', search_folded(left(title, 1000))), 'A')
    || setweight(to_tsvector('posts', search_folded(left(standfirst, 10000))), 'B')
    || setweight(to_tsvector('posts', search_folded(left(search_plain(body), 150000))), 'C')
"""
WANTED = """
CREATE FUNCTION search_wanted(query text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    wanted tsquery := websearch_to_tsquery('posts', search_folded(query));
BEGIN
    -- Nothing but words to leave out: that would be nearly every post, read one by one.
    RETURN CASE WHEN querytree(wanted) IN ('', 'T') THEN '' ELSE wanted END;
END
$$
"""

# A phrase as its words anywhere: what an index can say without reading a post. A phrase to leave out leaves out
# nothing; "@" stands in no post.
LOOSE = r"""
CREATE FUNCTION search_loose(query tsquery) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(query::text, '!\([^()]*\)', '!''@''', 'g'), '<(-|[0-9]+)>', '&', 'g'
)::tsquery
"""
TOLD = r"""
CREATE FUNCTION search_told(title text, standfirst text, body text, length int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_spaced(title) || E' \x03 ' || search_spaced(standfirst) || E' \x03 ' || left(search_plain(body), length)
"""


class Migration(migrations.Migration):
    """The words of texts and queries: how they are folded, stemmed and weighed."""

    dependencies = [("posts", "0016_corrections")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(LETTERS, "DROP FUNCTION search_letters(text)"),
        migrations.RunSQL(FOLDED, "DROP FUNCTION search_folded(text)"),
        migrations.RunSQL(PLAIN, "DROP FUNCTION search_plain(text); DROP FUNCTION search_spaced(text)"),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION posts"),
        migrations.RunSQL(WORDS, "DROP FUNCTION search_words(text, text, text)"),
        migrations.RunSQL(WANTED, "DROP FUNCTION search_wanted(text)"),
        migrations.RunSQL(LOOSE, "DROP FUNCTION search_loose(tsquery)"),
        migrations.RunSQL(TOLD, "DROP FUNCTION search_told(text, text, text, int)"),
    ]
