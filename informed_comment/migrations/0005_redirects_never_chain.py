from django.db import migrations

# Of two redirects in a row, the later one is right: either its target stands for itself again, or the place that the
# earlier one leads to has moved since. What is left leads only to later rows, so following it comes to an end.
STRAIGHTEN = """
DELETE FROM informed_comment_redirect AS earlier USING informed_comment_redirect AS later
WHERE later.target = earlier.path AND later.id > earlier.id;
DO $$
BEGIN
    LOOP
        UPDATE informed_comment_redirect AS earlier SET target = later.target
        FROM informed_comment_redirect AS later WHERE later.path = earlier.target;
        EXIT WHEN NOT FOUND;
    END LOOP;
END
$$
"""
GUARD = """
CREATE FUNCTION redirect_leads_straight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('informed_comment_redirect'::regclass::bigint);
    IF EXISTS (
        SELECT FROM informed_comment_redirect
        WHERE (path = NEW.target OR target = NEW.path) AND id IS DISTINCT FROM NEW.id
    ) THEN
        RAISE EXCEPTION 'The redirect from % to % would lead on to another, or another to it.', NEW.path, NEW.target
        USING ERRCODE = 'check_violation', CONSTRAINT = 'redirects_never_chain', TABLE = 'informed_comment_redirect';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER redirects_never_chain BEFORE INSERT OR UPDATE ON informed_comment_redirect
FOR EACH ROW EXECUTE FUNCTION redirect_leads_straight()
"""


class Migration(migrations.Migration):
    """No redirect leads to another, whoever writes it, and whoever else writes one at the same moment."""

    dependencies = [("informed_comment", "0004_social_cards")]

    operations = [
        migrations.RunSQL(STRAIGHTEN, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, "DROP FUNCTION redirect_leads_straight() CASCADE"),
    ]
