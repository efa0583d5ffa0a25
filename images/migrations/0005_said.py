from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from images.models import SAID, ImageWords

from informed_comment import stepwise

FOLDED = """
CREATE OR REPLACE FUNCTION image_folded(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN translate(lower(public.unaccent('public.unaccent', said)), '-_./,:;()"', '          ');
END $$
"""
# Of the file's name only what somebody called it: the letters that tell it from others would read as words.
WORDS = """
CREATE OR REPLACE FUNCTION image_words(title text, alt text, caption text, credit text, file text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN public.image_folded(concat_ws(
        ' ', '', title, alt, caption, credit, regexp_replace(file, '^.*/|-[0-9a-f]{8}(?=\\.)', '', 'g')
    ));
END $$
"""
SAMPLE = "ALTER TABLE images_image ALTER COLUMN said SET STATISTICS {}"


class Migration(stepwise.Stepwise):
    """What is said of a picture is kept beside it, so that a search folds no text of a picture it looks at.

    The planner chooses between the index and the newest pictures by a sample of these texts; a hundred are too few.
    """

    dependencies = [("images", "0004_finding")]

    operations = [
        stepwise.DropIndex("image", "images_by_words"),
        migrations.RunSQL(FOLDED, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.AddField(
            "image",
            "said",
            models.GeneratedField(
                expression=ImageWords(*SAID),
                output_field=models.TextField(),
                db_persist=True,
                editable=False,
            ),
        ),
        migrations.RunSQL(SAMPLE.format(1000), SAMPLE.format(-1)),
        stepwise.Index(
            "image", GinIndex(fields=["said"], opclasses=["gin_trgm_ops"], name="images_by_said")
        ),
    ]
