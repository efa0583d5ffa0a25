"""What is no Markdown in Markdown files: the shortcodes of Hugo, the tags of Liquid, the components of MDX."""

import re
from html import escape

from wordpress.reading import cards

_HUGO = re.compile(r"\{\{[<%]\s*(/?)\s*([\w./-]+)\s*(.*?)\s*(/?)\s*[>%]\}\}", re.S)
_ARGUMENT = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\s"'`=]+))""")
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.S)
_HIGHLIGHT = re.compile(r"\{%-?\s*highlight\s+(\w+)[^%]*-?%\}\r?\n?(.*?)\{%-?\s*endhighlight\s*-?%\}", re.S)
_LIQUID_TAG = re.compile(r"\{%-?\s*(\w+)\s*(.*?)\s*-?%\}", re.S)
_LIQUID_VALUE = re.compile(r"\{\{-?\s*(?![<%])(.*?)\s*-?\}\}", re.S)
_QUOTED = re.compile(r"""^["']([^"']*)["']\s*(?:\|\s*(?:relative_url|absolute_url|prepend:.*|url))*\s*$""")
_SITE = re.compile(r"^site\.(?:base_?url|url)\b")
_FENCED = re.compile(r"^([ \t]*)(`{3,}|~{3,})[^\n]*\n.*?^\1?\2[ \t]*$|`[^`\n]+`", re.S | re.M)
_MDX = re.compile(
    r"^(?:import\s.+?\sfrom\s+['\"][^'\"]+['\"];?|import\s+['\"][^'\"]+['\"];?|export\s+const\s[^\n]*)$", re.M
)
_BREAK = "\n\n"


def plain(text, notes, *, path_of=lambda name: ""):
    """Markdown with what templates would have put in; `path_of` gives the address of another file of the folder.

    Code is left as it is, for it may be about templates.
    """
    text = _HIGHLIGHT.sub(lambda found: f"\n```{found[1]}\n{found[2].rstrip()}\n```\n", text)
    kept = []

    def keep(found):
        kept.append(found[1] if found.re is _RAW else found[0])
        return f"\x00{len(kept) - 1}\x00"

    text = _FENCED.sub(keep, _RAW.sub(keep, text.replace("\x00", "")))
    makers = _Makers(notes, path_of)
    text = _HUGO.sub(makers.hugo, text)
    text = _LIQUID_TAG.sub(makers.liquid, text)
    text = _LIQUID_VALUE.sub(makers.value, text)
    text = _MDX.sub(makers.mdx, text)
    while "\x00" in text:
        text = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], text)
    return text


def _arguments(text):
    """({name: value}, [values without a name])."""
    named, plain = {}, []
    for found in _ARGUMENT.finditer(text):
        value = next((one for one in found.groups()[1:] if one is not None), "").replace('\\"', '"')
        if found[1]:
            named[found[1].lower()] = value
        else:
            plain.append(value)
    return named, plain


class _Makers:
    def __init__(self, notes, path_of):
        self.notes, self.path_of = notes, path_of

    def note(self, words):
        self.notes[words] = self.notes.get(words, 0) + 1

    def hugo(self, found):
        closes, name, rest = found[1], found[2].lower(), found[3]
        named, plain = _arguments(rest)
        first = plain[0] if plain else named.get("id", "")
        if closes:
            return ""
        if name in ("figure", "img", "image", "picture"):
            return self.figure(named, plain)
        if name in ("ref", "relref"):
            return self.link(first or named.get("path", ""))
        html = _EMBEDS[name](first, named) if name in _EMBEDS and (first or named) else ""
        if html:
            return f"{_BREAK}{html}{_BREAK}"
        self.note(f"shortcode {name} left out, what it enclosed kept")
        return ""

    def figure(self, named, plain):
        src = named.get("src") or named.get("link") or (plain[0] if plain else "")
        caption = escape(named.get("caption") or named.get("title", ""), quote=False)
        if named.get("attr"):
            caption = f"{caption} {escape(named['attr'], quote=False)}".strip()
        return f"{_BREAK}{cards.figure(src, alt=named.get('alt', ''), caption=caption)}{_BREAK}"

    def link(self, name):
        path = self.path_of(name)
        if not path:
            self.note("link to a file that is not in the folder")
        return path or "#"

    def liquid(self, found):
        name, rest = found[1].lower(), found[2]
        if name in ("post_url", "link"):
            return self.link(rest.strip().strip("\"'"))
        named, plain = _arguments(rest)
        if name in ("include", "include_cached", "figure", "image", "img") and (
            named.get("src") or named.get("url") or named.get("image_path")
        ):
            named.setdefault("src", named.get("url") or named.get("image_path", ""))
            return self.figure(named, plain)
        if name in ("youtube", "vimeo") and plain:
            return f"{_BREAK}{_EMBEDS[name](plain[0], named)}{_BREAK}"
        if not name.startswith("end") and name not in ("comment",):
            self.note(f"Liquid tag {name} left out")
        return ""

    def value(self, found):
        quoted = _QUOTED.match(found[1])
        if quoted:
            return quoted[1]
        if not _SITE.match(found[1]):
            self.note("Liquid value left out")
        return ""

    def mdx(self, _found):
        self.note("line of a program (import, export) left out")
        return ""


def _video(form):
    return lambda first, named: cards.embed(form.format(escape(first)), title=named.get("title", ""))


def _tweet(first, named):
    user = named.get("user") or "i"
    return cards.embed(f"https://x.com/{user}/status/{first or named.get('id', '')}")


def _gist(first, named):
    return cards.link(f"https://gist.github.com/{first}", "")


_EMBEDS = {
    "youtube": _video("https://www.youtube.com/watch?v={}"),
    "youtube-lite": _video("https://www.youtube.com/watch?v={}"),
    "vimeo": _video("https://vimeo.com/{}"),
    "instagram": _video("https://www.instagram.com/p/{}/"),
    "tweet": _tweet,
    "twitter": _tweet,
    "x": _tweet,
    "gist": _gist,
    "audio": lambda first, named: cards.player("audio", named.get("src") or first),
    "video": lambda first, named: cards.player("video", named.get("src") or first),
}
