"""What the library keeps of people: who took a picture stands under it, as licences ask for; who uploaded it, for the staff."""

from informed_comment.persons.parts import Kept, Part

IN_THE_LIBRARY = "as long as it is in the library"
REGISTER = {
    f"images.{model}.{name}": kept
    for model in ("Image", "Document")
    for name, kept in {
        "credit": Kept("who made it, as licences ask for", IN_THE_LIBRARY, "everybody"),
        "source_url": Kept("where it was found", IN_THE_LIBRARY, "everybody"),
        "created_by": Kept("who uploaded it", IN_THE_LIBRARY, "the staff"),
        "title": Kept("what is seen on it, which may be somebody", IN_THE_LIBRARY, "everybody"),
        "file": Kept(
            "what is seen on it; places and devices are taken out on upload", IN_THE_LIBRARY, "everybody"
        ),
    }.items()
} | {
    "images.Image.alt": Kept("what is seen on it, which may be somebody", IN_THE_LIBRARY, "everybody"),
    "images.Image.caption": Kept("what is seen on it, which may be somebody", IN_THE_LIBRARY, "everybody"),
}
IMPERSONAL = {
    "images.Image": "licences, sums and sizes of files",
    "images.Document": "licences, sums and kinds of files",
}


def find(person):
    """Credits are part of what is published; nobody is looked for in them."""
    return ()


def erase(person, *, choices, by):
    return ()


def known():
    return iter(())


PART = Part("Library", REGISTER, IMPERSONAL, find, erase, known)
