from django.db import migrations

from informed_comment.groups import every, granted

# Losing an erased subscriber or a delivery is let through; what nobody understood may be forgotten again.
APPEND_ONLY = """
CREATE FUNCTION newsletter_refuse_bounce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.kind = 'unclear' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND coalesce(NEW.subscriber_id, OLD.subscriber_id) IS NOT DISTINCT FROM OLD.subscriber_id
       AND coalesce(NEW.delivery_id, OLD.delivery_id) IS NOT DISTINCT FROM OLD.delivery_id
       AND to_jsonb(NEW) - '{subscriber_id,delivery_id}'::text[] = to_jsonb(OLD) - '{subscriber_id,delivery_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A report of mail that came back can be neither changed nor deleted.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'bounce_is_append_only';
END $$;
CREATE TRIGGER bounce_is_append_only BEFORE UPDATE OR DELETE ON newsletter_bounce
    FOR EACH ROW EXECUTE FUNCTION newsletter_refuse_bounce_change();
"""
UNDONE = """
DROP TRIGGER bounce_is_append_only ON newsletter_bounce;
DROP FUNCTION newsletter_refuse_bounce_change();
"""


class Migration(migrations.Migration):
    """Reports of mail that came back are kept as they came; administrators see them."""

    dependencies = [("newsletter", "0011_bounces")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, UNDONE),
        granted("newsletter", Administrator=[*every("bounce", deeds=("view",)), *every("delivery", deeds=("view",))]),
    ]
