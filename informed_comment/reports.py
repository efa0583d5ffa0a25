"""What browsers report that the content policy refused: read, cut down to what tells nothing of the reader, and counted.

Anybody can send such a report, so it is bounded in size, by network, in all and in rows, and no more than a hint. What
browsers' extensions put into pages is refused, too, and is no affair of ours.
"""

import json
import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from informed_comment import budgets
from informed_comment.models import PolicyReport
from informed_comment.origins import network_of
from informed_comment.watching.lights import Light, State

log = logging.getLogger(__name__)
LONGEST = 16 * 1024  # bytes of one message
MOST_OF_ONE = 20  # reports in one message
MOST_ROWS = 1000
KEPT = timedelta(days=30)
OF_LATE = timedelta(days=7)
NETWORKS, ALL = 60, 2000  # messages in an hour
CLASSIC, MANY = "application/csp-report", "application/reports+json"
RULE = re.compile(
    r"[a-z]{3,10}-src(?:-elem|-attr)?|base-uri|form-action|frame-ancestors|require-trusted-types-for|trusted-types|sandbox"
)
WORDS = {
    "inline",
    "eval",
    "wasm-eval",
    "data",
    "blob",
    "filesystem",
    "trusted-types-policy",
    "trusted-types-sink",
}
EXTENSIONS = re.compile(
    r"(?:[a-z]+-)*extension\b|(?:about|chrome|resource|sandbox eval code|user-script)\b", re.I
)
OPENS = re.compile(r"^(/preview/|/newsletter/(?:confirm|preferences|move|unsubscribe)/).+", re.S)
TOKEN = re.compile(r"[\w~-]{40,}")
COUNT = """
UPDATE informed_comment_policyreport SET times = times + 1, last_at = now(), page = %(page)s
WHERE rule = %(rule)s AND refused = %(refused)s AND source = %(source)s
"""
BEGIN = """
INSERT INTO informed_comment_policyreport (rule, refused, source, page, times)
SELECT %(rule)s, %(refused)s, %(source)s, %(page)s, 1
WHERE (SELECT count(*) FROM informed_comment_policyreport) < %(most)s
ON CONFLICT (rule, refused, source) DO UPDATE SET times = informed_comment_policyreport.times + 1
"""


class Unreadable(ValueError):
    """It is no report."""


@dataclass(frozen=True)
class Refusal:
    rule: str
    refused: str
    source: str
    page: str


def spend(sender):
    """One more message has come from there. Raises budgets.TooMany."""
    hour = timedelta(hours=1)
    if sender:
        budgets.take(f"reports {network_of(sender)}", most=NETWORKS, within=hour)
    budgets.take("reports", most=ALL, within=hour)


def read(kind, body, *, hosts):
    """The refusals in a message of either kind, on pages of ours. Raises Unreadable."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("It is no JSON.") from None
    if kind == CLASSIC:
        found = [said.get("csp-report")] if isinstance(said, dict) else [None]
    elif isinstance(said, list):
        found = [
            one.get("body") for one in said if isinstance(one, dict) and one.get("type") == "csp-violation"
        ]
    else:
        found = [None]
    if not all(isinstance(one, dict) for one in found):
        raise Unreadable("It holds no report.")
    refusals = (refusal_in(one, hosts) for one in found[:MOST_OF_ONE])
    return [refusal for refusal in refusals if refusal]


def refusal_in(report, hosts):
    """What a report says, cut down; None when it is of another site or an extension's doing."""

    def word(*names):
        said = next((report[name] for name in names if isinstance(report.get(name), str)), "")
        return said[:2000].encode(errors="replace").decode()

    page = urlsplit_or_none(word("documentURL", "document-uri"))
    rule = word("effectiveDirective", "effective-directive", "violated-directive").partition(" ")[0].lower()
    refused, source = word("blockedURL", "blocked-uri"), word("sourceFile", "source-file")
    is_ours = page and page.netloc.lower() in hosts and RULE.fullmatch(rule)
    if not is_ours or EXTENSIONS.match(refused) or EXTENSIONS.match(source):
        return None
    line = report.get("lineNumber", report.get("line-number"))
    source = place_of(source, hosts)
    if source and isinstance(line, int) and not isinstance(line, bool):
        source = f"{source[:180]}:{min(max(line, 0), 10**9)}"
    return Refusal(rule[:60], place_of(refused, hosts) or "inline", source, shown_path(page.path))


def place_of(address, hosts):
    """A file of ours by its path, another site by its name alone, a word as it stands; "" for anything else."""
    if address.lower() in WORDS:
        return address.lower()
    parts = urlsplit_or_none(address)
    if parts is None or not parts.scheme:
        return ""
    if parts.netloc.lower() in hosts:
        return shown_path(parts.path)
    host = parts.netloc.rpartition("@")[2].lower()
    return printable(f"{parts.scheme}://{host}" if host else f"{parts.scheme}:")[:200]


def urlsplit_or_none(address):
    try:
        return urlsplit(address)
    except ValueError:
        return None


def shown_path(path):
    """A path as logs may hold it: without what opens a preview or a subscription."""
    return TOKEN.sub("…", printable(OPENS.sub(r"\1…", path)))[:200]


def printable(text):
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def count(refusals):
    """Counts each; the first of its kind is a line in the log, too."""
    for refusal in refusals:
        values = {name: getattr(refusal, name) for name in ("rule", "refused", "source", "page")}
        with connection.cursor() as cursor:
            cursor.execute(COUNT, values)
            if cursor.rowcount:
                continue
            cursor.execute(BEGIN, values | {"most": MOST_ROWS})
            if cursor.rowcount:
                log.warning(
                    "The content policy refused %(refused)s by %(rule)s on %(page)s %(source)s", values
                )


def hosts_of(request):
    return {request.get_host().lower(), urlsplit(settings.SITE_URL).netloc.lower()}


def forget():
    """Takes away what has not happened for a month. How many went."""
    return PolicyReport.objects.filter(last_at__lt=timezone.now() - KEPT).delete()[0]


def lights():
    """For the status page: whether scripts of ours, or strangers', were refused of late."""
    found = PolicyReport.objects.filter(last_at__gt=timezone.now() - OF_LATE)
    scripts = found.filter(rule__regex=r"^(script|require-trusted|trusted|default|worker|object|base)")
    last = scripts.first()
    if last is None:
        return [Light("Scripts refused", State.GOOD, "Browsers have refused no script in the last week.")]
    times = scripts.aggregate(all=Sum("times"))["all"]
    return [
        Light(
            "Scripts refused",
            State.WATCH,
            f"Browsers refused {scripts.count()} kinds of script, {times} times; last {last.refused} on {last.page}.",
            "Look at “Refusals by the content policy”. A file of ours there is a fault of the site's; another site's name "
            "on a page that anybody may write to is an attempt that failed.",
        )
    ]
