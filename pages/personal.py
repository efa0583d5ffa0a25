"""Pages, menus and promos hold what the publication says of itself, and nothing of readers."""

from informed_comment.persons.parts import Part

IMPERSONAL = {
    "pages.Page": "what the publication says",
    "pages.MenuLink": "what the publication says",
    "pages.Promo": "what the publication says",
}


def find(person):
    return ()


def erase(person, *, choices, by):
    return ()


def known():
    return iter(())


PART = Part("Pages", {}, IMPERSONAL, find, erase, known)
