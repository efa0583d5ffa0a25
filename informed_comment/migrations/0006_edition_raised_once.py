from django.db import migrations

WAITING = """
CREATE OR REPLACE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('informed_comment.edition_waits', true) IS DISTINCT FROM 'on' THEN
        UPDATE informed_comment_edition SET number = number + 1;
    END IF;
    RETURN NULL;
END
$$
"""
AT_ONCE = """
CREATE OR REPLACE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE informed_comment_edition SET number = number + 1;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    """A deed that writes very many rows may raise the edition once for all of them: `editions.raised_once()`."""

    dependencies = [("informed_comment", "0005_redirects_never_chain")]

    operations = [migrations.RunSQL(WAITING, AT_ONCE)]
