"""The comments that tell WordPress's editor what a piece of markup is."""

import json
import re

_ESCAPED = {"--": r"\u002d\u002d", "<": r"\u003c", ">": r"\u003e", "&": r"\u0026", r"\"": r"\u0022"}
_TO_ESCAPE = re.compile(r'\\\\|--|<|>|&|\\"')


def block(name, inner, attributes=None):
    told = f" {as_comment(attributes)}" if attributes else ""
    return f"<!-- wp:{name}{told} -->\n{inner}\n<!-- /wp:{name} -->"


def as_comment(attributes):
    """JSON that no comment and no HTML can be ended by."""
    text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    return _TO_ESCAPE.sub(lambda found: _ESCAPED.get(found[0], found[0]), text)
