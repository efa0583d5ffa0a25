"""What is different between two states of a post (posts/states.py), field by field, called as the editor's form calls them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from authors.models import Author
from images.models import Image
from informed_comment.html import plain_text
from posts.differences import aligning, texts
from posts.differences.words import Piece, of_words
from posts.models import Byline, Category, Correction, Post

LABELS = {
    "title": "Title",
    "standfirst": "Standfirst",
    "body": "Text",
    "status": "Status",
    "published_at": "Publication date",
    "authors": "Byline",
    "categories": "Categories",
    "tags": "Tags",
    "lead_image_id": "Lead image",
    "lead_caption": "Lead image caption",
    "original_name": "Published elsewhere first: name",
    "original_url": "Published elsewhere first: address",
    "licence": "Licence",
    "video_url": "Related video",
    "video_title": "Title of the video",
    "slug": "Slug",
    "permalink": "Address",
    "seo_title": "Title for search engines",
    "seo_description": "Description for search engines",
    "language": "Language",
    "corrections": "Corrections",
}
LISTS = ("authors", "categories", "tags", "corrections")
EMPTY = {"published_at": None, "lead_image_id": None, "permalink": None}


@dataclass
class Changed:
    """A field that differs: `pieces` of a line or a list of items, or the `blocks` of the body."""

    name: str
    label: str
    pieces: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    is_list: bool = False
    language: str = ""


def of_states(old, new, *, around=1, names=LABELS):
    """The fields that differ, in the order of LABELS; two queries or three for the names of authors, categories and pictures.

    A field that one of the two lacks, since it is older than the field, is not compared.
    """
    differing = [
        name for name in names if name in old and name in new and plain(name, old) != plain(name, new)
    ]
    words = Names(differing, old, new)
    language = new.get("language") or old.get("language") or ""
    found = []
    for name in differing:
        one = Changed(name, LABELS[name], is_list=name in LISTS, language=language)
        if name == "body":
            one.blocks = texts.of_texts(old[name], new[name], around=around)
        elif name in LISTS:
            one.pieces = of_items(words.items(name, old), words.items(name, new))
        elif name == "lead_image_id":
            one.pieces = [
                Piece(what, *words.image(state[name]))
                for what, state in (("removed", old), ("added", new))
                if state[name]
            ]
        else:
            one.pieces = of_words(words.value(name, old), words.value(name, new))
        found.append(one)
    return found


def plain(name, state):
    """The value in a form in which equal ones are equal, whether they come from a row or from JSON."""
    value = state[name]
    if name in ("authors", "corrections"):
        return [list(row) for row in value]
    return sorted(value) if name == "tags" else value or EMPTY.get(name, "")


def of_items(old, new):
    """Names that stand in an order."""
    pieces = []
    for is_same, a, b, c, d in aligning.steps(old, new, aligning.Budget()):
        if is_same:
            pieces += [Piece("same", name) for name in new[c:d]]
        else:
            pieces += [Piece("removed", name) for name in old[a:b]]
            pieces += [Piece("added", name) for name in new[c:d]]
    return pieces


class Names:
    """What the numbers in two states are called, each kind fetched at once and only if it differs."""

    def __init__(self, names, *states):
        def numbers(name, of=lambda item: item):
            return {of(item) for state in states for item in state[name]} if name in names else ()

        self.authors = Author.objects.only("name").in_bulk(numbers("authors", lambda line: line[0]))
        self.categories = Category.objects.only("name").in_bulk(numbers("categories"))
        wanted = {state["lead_image_id"] for state in states} if "lead_image_id" in names else ()
        self.images = Image.objects.in_bulk(wanted)

    def items(self, name, state):
        return [getattr(self, f"{name}_item")(item) for item in state[name]]

    def authors_item(self, line):
        author, role = line
        name = self.authors[author].name if author in self.authors else "An author no longer listed"
        return name if role == Byline.Role.BY else f"{name} ({dict(Byline.Role.choices).get(role, role)})"

    def categories_item(self, category):
        return self.categories[category].name if category in self.categories else "A category no longer there"

    def tags_item(self, name):
        return name

    def corrections_item(self, row):
        kind, text, made_at = row
        return f"{dict(Correction.Kind.choices).get(kind, kind)}, {moment(made_at)}: {plain_text(text)}"

    def image(self, pk):
        """Title, a note, and where a small one of it lies."""
        image = self.images.get(pk)
        return (str(image), "", image.file.url) if image else ("A picture no longer in the library", "", "")

    def value(self, name, state):
        value = state[name] or ""
        if name == "status":
            return dict(Post.Status.choices).get(value, value)
        return moment(value) if name == "published_at" and value else value


def moment(value):
    """An ISO moment as editors read it."""
    return f"{timezone.localtime(datetime.fromisoformat(value)):%d %b %Y, %H:%M}"
