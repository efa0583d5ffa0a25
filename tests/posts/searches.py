"""Asking search as a reader does, for the tests."""

from posts import searching


def answer(query, **parameters):
    return searching.answer(searching.read({"q": query} | parameters))


def titles(query, **parameters):
    """The titles found, in their order."""
    return [post.title for post in answer(query, **parameters).found.posts]


def text(pieces):
    """A snippet as text, what is marked in brackets."""
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)
