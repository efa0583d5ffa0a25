from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

from images.models import SAID, ImageWords, Kind

from informed_comment import stepwise

# An index is made, and a table analysed, without any search path: what a function calls bears its schema's name.
FOLDED = """
CREATE FUNCTION image_folded(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN lower(public.unaccent('public.unaccent', said));
END $$
"""
WORDS = """
CREATE FUNCTION image_words(title text, alt text, caption text, credit text, file text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN lower(public.unaccent('public.unaccent', concat_ws(' ', title, alt, caption, credit, substring(file from '[^/]*$'))));
END $$
"""
NAMED = """
CREATE FUNCTION body_images(body text) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF body IS NULL OR position('data-image="' in body) = 0 THEN
        RETURN '{}';
    END IF;
    RETURN coalesce(
        (SELECT array_agg(DISTINCT named.parts[1]::bigint)
         FROM regexp_matches(body, 'data-image="(\\d{1,12})"', 'g') AS named(parts)),
        '{}'
    );
END $$
"""


class Migration(stepwise.Stepwise):
    """Pictures are found by their words, their kind, what they lack, and the texts that name them."""

    dependencies = [("images", "0003_groups")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLDED, "DROP FUNCTION image_folded(text)"),
        migrations.RunSQL(WORDS, "DROP FUNCTION image_words(text, text, text, text, text)"),
        migrations.RunSQL(NAMED, "DROP FUNCTION body_images(text)"),
        stepwise.Index(
            "image", GinIndex(OpClass(ImageWords(*SAID), name="gin_trgm_ops"), name="images_by_words")
        ),
        stepwise.Index("image", models.Index(Kind("file"), models.F("id").desc(), name="images_by_kind")),
        stepwise.Index(
            "image",
            models.Index(
                fields=["-id"], name="images_lacking_alt", condition=models.Q(alt="", is_decorative=False)
            ),
        ),
        stepwise.Index(
            "image",
            models.Index(fields=["-id"], name="images_lacking_credit", condition=models.Q(credit="")),
        ),
        stepwise.Index(
            "image", models.Index(fields=["-id"], name="images_lacking_file", condition=models.Q(file=""))
        ),
    ]
