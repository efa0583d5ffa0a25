"""What no log line and no report of an error may hold, whoever wrote it: addresses of readers and of their machines, tokens
that open something, passwords.

Our own sentences name numbers only. But an error of a library quotes what it was given, PostgreSQL the very row.
"""

import re

from informed_comment.origins import address_in, is_near

RULES = [
    (re.compile(r"(\w://)[^\s/@'\"]+@"), r"\1…@"),  # the password in an address of a service
    (re.compile(r"(Failing row contains )\(.*", re.DOTALL), r"\1(…)"),
    (re.compile(r"(Key \(.*?\)=)\(.*?\)(?= (?:already|is|conflicts|does))"), r"\1(…)"),
    (re.compile(r"(/preview/|/newsletter/(?:confirm|preferences|move|unsubscribe)/)[^\s'\"?<>)]+"), r"\1…"),
    (re.compile(r"[^…\s@<>\"'(),:;=\[\]/]+@[\w-]+(?:\.[\w-]+)*"), "[e-mail]"),
    (
        re.compile(
            r"(?i)(\b[\w-]*(?:password|passwd|secret|token|authorization|cookie|sessionid|api[_-]?key|dsn)[\w-]*['\"]?"
            r"\s*[=:]\s*)(?:(?:bearer|basic)\s+)?(?:'[^']*'|\"[^\"]*\"|[^\s,;&'\")}]+)"
        ),
        r"\1…",
    ),
    (re.compile(r"(/[^\s?'\"]*\?)[^\s'\"]+"), r"\1…"),  # a query, in which a search stands
]
NUMBERS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])"
)


def scrubbed(text):
    """The text without them. Addresses of our own machines stay: an operator has to know which one failed."""
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return NUMBERS.sub(hidden, text)


def hidden(match):
    address = address_in(match[0])
    return match[0] if address is None or is_near(address) or address.is_unspecified else "[address]"
