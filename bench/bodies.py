"""`python -m bench bodies FILE…`: what turning a body costs, in ms of processor time a text of these exports.

Three steps, each done for every text once: our HTML of WordPress's markup, cleaned by the one sanitiser, held against its
source letter by letter. The best of four rounds counts.
"""

import sys
import time

from informed_comment.html import clean_html
from wordpress import formats
from wordpress.bodies import kept
from wordpress.content import convert
from wordpress.reading.records import Item

ROUNDS = 4


def main(*files):
    if not files:
        sys.exit("Name at least one export.")
    bodies = [record.content for file in files for record in formats.read(file) if isinstance(record, Item)]
    bodies = [body for body in bodies if body.strip()]
    rounds = [one_round(bodies) for _ in range(ROUNDS)]
    letters = sum(map(len, bodies)) // len(bodies)
    print(f"{len(bodies):,} texts of {letters:,} characters on average; ms a text:")
    for name, *seconds in zip(("converted", "cleaned", "compared"), *rounds, strict=True):
        print(f"  {name:<10} {min(seconds) * 1000 / len(bodies):.2f}")


def one_round(bodies):
    """Seconds of each step."""
    begun = time.process_time()
    converted = [convert(body) for body in bodies]
    turned = time.process_time()
    cleaned = [clean_html(one.html) for one in converted]
    washed = time.process_time()
    for body, html, one in zip(bodies, cleaned, converted, strict=True):
        kept.compare(body, html, one.notes.told)
    return turned - begun, washed - turned, time.process_time() - washed
