"""What can stand in an export of subscribers, each column as an expression of the database.

The key of the links in a subscriber's mail is a secret and can not be exported. Columns that have to be looked up ask
an index once a row and only when chosen.
"""

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Expression, F, Func, OuterRef, Subquery, Value, When

from newsletter.models import ConsentEvent, Delivery, ImportRow, Subscriber, Suppression

State = Subscriber.State
CLOSED = [State.BOUNCED, State.COMPLAINED]
CLOSING = [ConsentEvent.What.BOUNCED, ConsentEvent.What.COMPLAINED]


class InUtc(Func):
    """A time by ISO 8601. Django's connections have their time zone set to UTC."""

    template = """to_char(%(expressions)s, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = CharField()


class Defused(Func):
    """A text that no spreadsheet takes for a formula: an apostrophe before = + - @, also the wide ones, a tab or a line end."""

    template = (
        "CASE WHEN ascii(%(expressions)s) IN (61, 43, 45, 64, 9, 10, 13, 65309, 65291, 65293, 65312)"
        " THEN '''' || %(expressions)s ELSE %(expressions)s END"
    )
    output_field = CharField()


class DefusedOnce(Func):
    """The same for an expression that must not be asked three times; for a plain column it is the slower one."""

    template = r"regexp_replace(%(expressions)s, E'^([-=+@\t\r\n＝＋－＠])', E'\'\\1')"
    output_field = CharField()


class NamesOfCategories(Func):
    template = (
        "CASE WHEN %(expressions)s = '{}' THEN '' ELSE (SELECT string_agg(section.name, '; ' ORDER BY section.id)"
        " FROM posts_category AS section WHERE section.id = ANY (%(expressions)s)) END"
    )
    output_field = CharField()


@dataclass(frozen=True)
class Column:
    """`is_text`: holds what somebody typed, so that it has to be defused; `is_time`: a moment."""

    label: str
    expression: Expression
    is_text: bool = False
    is_time: bool = False

    def cell(self, *, is_raw):
        if self.is_time:
            return InUtc(self.expression)
        if is_raw or not self.is_text:
            return self.expression
        return (Defused if isinstance(self.expression, F) else DefusedOnce)(self.expression)


def last_sent():
    sent = Delivery.objects.filter(subscriber=OuterRef("pk"), state=Delivery.State.SENT)
    return Subquery(sent.order_by("-id").values("changed_at")[:1])


def failures():
    failed = Delivery.objects.filter(subscriber=OuterRef("pk"), state=Delivery.State.FAILED)
    return Subquery(failed.order_by().values("subscriber").annotate(n=Count("pk")).values("n"))


def why_closed():
    """What was noted of the bounce or the complaint that closed the subscription; of others nothing is looked up."""
    closing = ConsentEvent.objects.filter(subscriber=OuterRef("pk"), what__in=CLOSING)
    noted = Subquery(closing.order_by("-at").values("detail")[:1])
    return Case(When(state__in=CLOSED, then=noted), default=Value(""), output_field=CharField())


SUBSCRIBER_COLUMNS = {
    "email": Column("address", F("email"), is_text=True),
    "state": Column("state", F("state")),
    "frequency": Column("frequency", F("frequency")),
    "source": Column("source", F("source"), is_text=True),
    "created_at": Column("signed up", F("created_at"), is_time=True),
    "confirmed_at": Column("confirmed", F("confirmed_at"), is_time=True),
    "unsubscribed_at": Column("unsubscribed", F("unsubscribed_at"), is_time=True),
    "consent_version": Column("number of the consent text", F("consent_version")),
    "categories": Column("sections wanted (empty: all)", NamesOfCategories(F("categories")), is_text=True),
    "paused_until": Column("paused until", F("paused_until"), is_time=True),
    "last_sent_at": Column("last mailing sent", last_sent(), is_time=True),
    "bounce_reason": Column("why it bounced or complained", why_closed(), is_text=True),
    "failures": Column("failed deliveries", failures()),
}
USUAL = tuple(SUBSCRIBER_COLUMNS)[:8]
SUPPRESSION_COLUMNS = {
    "address_hash": Column("address, hashed", F("address_hash")),
    "key_name": Column("name of the key", F("key_name")),
    "reason": Column("reason", F("reason")),
    "created_at": Column("since", F("created_at"), is_time=True),
}
IMPORT_COLUMNS = {
    "line": Column("line", F("line")),
    "outcome": Column("what became of it", F("outcome")),
    "remark": Column("why", F("remark"), is_text=True),
    "undoing": Column("why undoing left it", F("undoing"), is_text=True),
    "email": Column("address", F("email"), is_text=True),
    "raw": Column("the row as it came", F("raw"), is_text=True),
}
COLUMNS_OF = {Subscriber: SUBSCRIBER_COLUMNS, Suppression: SUPPRESSION_COLUMNS, ImportRow: IMPORT_COLUMNS}
