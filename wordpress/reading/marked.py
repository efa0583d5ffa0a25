"""Markdown to HTML: CommonMark with tables, strikethrough, definitions, tasks and footnotes; raw HTML as it stands."""

import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

LONGEST = 4_000_000  # characters; what is longer is no text anybody wrote, and nests without end
DEEPEST = 60
_BOX = re.compile(r'<input class="task-list-item-checkbox"[^>]*>')


@cache
def _parser():
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
    parser.add_render_rule("footnote_ref", _note)
    parser.add_render_rule("footnote_anchor", lambda *_: "")
    return parser


def marked(text: str) -> str:
    """Each footnote stands where its mark does, as this site keeps them."""
    parser, env = _parser(), {}
    tokens = parser.parse(text[:LONGEST], env)
    body, notes, told = [], {}, None
    for token in tokens:
        if token.type == "footnote_block_open":
            told = []
        elif token.type == "footnote_open":
            told = []
            notes[token.meta["id"]] = told
        elif told is not None:
            told.append(token)
        else:
            body.append(token)
    env["told"] = {
        number: " ".join(
            parser.renderer.render([one], parser.options, env) for one in found if one.type == "inline"
        )
        for number, found in notes.items()
    }
    html = parser.renderer.render(body, parser.options, env)
    return _BOX.sub(lambda box: "☑" if " checked" in box[0] else "☐", html)


def _note(_renderer, tokens, index, _options, env):
    told = env.get("told", {}).get(tokens[index].meta["id"], "")
    return f'<span class="footnote">{told}</span>' if told else ""
