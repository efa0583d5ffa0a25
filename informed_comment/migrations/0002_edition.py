from django.db import migrations

from informed_comment.editions import raised_by

RAISE = """
CREATE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE informed_comment_edition SET number = number + 1;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    """What raises the edition."""

    dependencies = [("informed_comment", "0001_initial")]

    operations = [
        migrations.RunSQL(RAISE, "DROP FUNCTION raise_edition()"),
        raised_by("informed_comment_publication"),
    ]
