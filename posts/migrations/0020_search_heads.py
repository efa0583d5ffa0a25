from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.lookups import Exact

from posts.models.search import Hash, HeadWords

from informed_comment import stepwise

HEAD = """
CREATE FUNCTION search_head(words tsvector, readable_at timestamptz) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ts_filter(words, '{a,b,d}') || array_to_tsvector(ARRAY[coalesce(search_mark(readable_at), '@')])
"""
SHOWN = r"""
CREATE FUNCTION search_shown(title text, standfirst text, body text, length int, wanted tsquery) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    told text := search_told(title, standfirst, body, length);
BEGIN
    RETURN ARRAY[told, ts_headline(
        'posts', search_folded(told), wanted, E'HighlightAll=true, StartSel=\x01, StopSel=\x02'
    )];
END
$$
"""
IN_SAMPLE = models.Q(Exact(Hash("post") % 64, 0))


class Migration(stepwise.Stepwise):
    """Heads have a sample and marks of their own, and one post in sixty-four is sample enough."""

    dependencies = [("posts", "0019_social_cards")]

    operations = [
        migrations.RunSQL(HEAD, "DROP FUNCTION search_head(tsvector, timestamptz)"),
        migrations.RunSQL(SHOWN, "DROP FUNCTION search_shown(text, text, text, int, tsquery)"),
        stepwise.DropIndex("searchentry", "search_head_words"),
        stepwise.DropIndex("searchentry", "search_sample"),
        *[
            stepwise.Index("searchentry", index)
            for index in (
                GinIndex(
                    HeadWords("words", "readable_at"), gin_pending_list_limit=512, name="search_heads"
                ),
                GinIndex(
                    condition=IN_SAMPLE, fields=["words"], gin_pending_list_limit=512, name="search_sample"
                ),
                GinIndex(
                    HeadWords("words", "readable_at"),
                    condition=IN_SAMPLE,
                    gin_pending_list_limit=512,
                    name="search_sample_heads",
                ),
            )
        ],
    ]
