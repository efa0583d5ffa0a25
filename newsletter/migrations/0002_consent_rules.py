from django.db import migrations

# A change that does nothing but take the (erased) subscriber away is let through; a TRUNCATE is the owner's affair.
APPEND_ONLY = """
CREATE FUNCTION newsletter_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.subscriber_id IS NULL
       AND to_jsonb(NEW) - 'subscriber_id' = to_jsonb(OLD) - 'subscriber_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A consent event can be neither changed nor deleted.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_event_is_append_only';
END $$;
CREATE TRIGGER consent_event_is_append_only BEFORE UPDATE OR DELETE ON newsletter_consentevent
    FOR EACH ROW EXECUTE FUNCTION newsletter_refuse_change();
"""
APPEND_ONLY_UNDONE = """
DROP TRIGGER consent_event_is_append_only ON newsletter_consentevent;
DROP FUNCTION newsletter_refuse_change();
"""

# Active: only with the confirmation of this very moment in the history. Pending: only from birth.
ONLY_THE_SUBSCRIBER = """
CREATE FUNCTION newsletter_refuse_raise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'active' AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at AND EXISTS (
        SELECT FROM newsletter_consentevent
        WHERE subscriber_id = NEW.id AND what = 'confirmed' AND at = NEW.confirmed_at
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Only the subscriber raises consent, by confirming.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'only_the_subscriber_raises_consent';
END $$;
CREATE TRIGGER only_the_subscriber_raises_consent BEFORE UPDATE OF state ON newsletter_subscriber
    FOR EACH ROW WHEN (NEW.state IN ('active', 'pending') AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION newsletter_refuse_raise();
"""
ONLY_THE_SUBSCRIBER_UNDONE = """
DROP TRIGGER only_the_subscriber_raises_consent ON newsletter_subscriber;
DROP FUNCTION newsletter_refuse_raise();
"""


class Migration(migrations.Migration):
    """What no code of ours may do, the database refuses: rewriting the history, and raising a consent."""

    dependencies = [("newsletter", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_UNDONE),
        migrations.RunSQL(ONLY_THE_SUBSCRIBER, ONLY_THE_SUBSCRIBER_UNDONE),
    ]
