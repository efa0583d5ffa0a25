from django.db import migrations

from informed_comment.editions import raised_by

OF_PUBLISHED = """
CREATE FUNCTION raise_edition_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    post bigint := (to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[0])::bigint;
BEGIN
    IF EXISTS (SELECT FROM posts_post WHERE id = post AND status = 'published') THEN
        UPDATE informed_comment_edition SET number = number + 1;
    END IF;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    """What readers see of these tables raises the edition."""

    dependencies = [("posts", "0001_initial"), ("informed_comment", "0002_edition")]

    operations = [
        migrations.RunSQL(OF_PUBLISHED, "DROP FUNCTION raise_edition_of_published()"),
        raised_by("posts_category"),
        raised_by("posts_tag"),
        raised_by("posts_post", when_row="row.status = 'published'"),
        raised_by("posts_byline", of_post="post_id"),
        raised_by("posts_filing", of_post="post_id"),
        raised_by("posts_taggedpost", of_post="content_object_id"),
        raised_by("posts_popularlist", when_changed="post_ids"),
    ]
