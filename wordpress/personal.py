"""What moving in keeps of people: names of those who wrote there, and lines of reports that may quote them."""

from informed_comment.persons.parts import Found, Kept, Part, key_of_address, key_of_name
from informed_comment.persons.taking_out import said_without
from wordpress.models import Imported, MoveLine, MovePiece

FOR_GOOD = "for good, so that a second import changes only what changed"
REPORT = "as long as the report of the import"
SOMEBODY = "somebody"
REGISTER = {
    "wordpress.Imported.key": Kept("the name of an author on the old site", FOR_GOOD),
    "wordpress.Imported.password_there": Kept("what readers of a post had to type there", FOR_GOOD),
    "wordpress.Leftover.markup": Kept(
        "what could not be shown of an old text", "until the post goes", "editors"
    ),
    "wordpress.Leftover.after": Kept("the words before it", "until the post goes", "editors"),
    "wordpress.Leftover.done_by": Kept("who saw to it", "until the post goes", "editors"),
    "wordpress.Move.files": Kept("names of imported files", REPORT),
    "wordpress.Move.options": Kept("what was chosen", REPORT),
    "wordpress.Move.carried": Kept("what one record of a file says of another", REPORT, "nobody"),
    "wordpress.Move.checkpoint": Kept("how far the import came", REPORT, "nobody"),
    "wordpress.Move.foretold": Kept("numbers, and samples of what was not understood", REPORT),
    "wordpress.Move.report": Kept("numbers, and samples of what was not understood", REPORT),
    "wordpress.Move.problem": Kept("why it could not go on", REPORT),
    "wordpress.Move.created_by": Kept("which administrator it was", REPORT),
    "wordpress.Move.begun_by": Kept("which administrator it was", REPORT),
    "wordpress.MovePiece.content": Kept(
        "uploaded exports: texts, and addresses of authors and commenters, of which none but authors' are taken",
        "IMPORTS_KEPT_DAYS (30 days) after the import; never begun: until somebody forgets it",
        "nobody",
        "wordpress.moving.clearing.clear",
    ),
    "wordpress.MoveLine.message": Kept("a sentence about a record of the file", REPORT),
    "wordpress.MoveKey.key": Kept("names of the old site, to see twins", REPORT, "nobody"),
    "wordpress.MoveKey.mark": Kept("names of the old site, to see twins", REPORT, "nobody"),
    "wordpress.MoveLater.place": Kept(
        "where a text stands in the file", "until the import is done", "nobody"
    ),
}
IMPERSONAL = {
    "wordpress.Imported": "addresses and numbers of texts and files",
    "wordpress.Leftover": "names of shortcodes and blocks",
    "wordpress.Move": "states",
    "wordpress.MoveLine": "names of files",
    "wordpress.MoveKey": "kinds of keys",
    "wordpress.MoveLater": "addresses of the old site",
}


def lines_of(person):
    written = str(person).strip()
    return (
        MoveLine.objects.filter(message__icontains=written) if len(written) > 3 else MoveLine.objects.none()
    )


def names_of(person):
    rows = Imported.objects.filter(kind=Imported.Kind.AUTHOR, key__icontains=str(person).strip())
    keys = person.keys
    return [
        row
        for row in rows
        if person.is_before(row.created_at)
        and (
            key_of_address(row.key) == keys.get("address", "-")
            or key_of_name(row.key) == keys.get("name", "-")
        )
    ]


def find(person):
    if rows := names_of(person):
        yield Found(
            "Author of an old site",
            f"Known by this name on the old site: {len(rows)}.",
            [{"site": row.source, "name": row.key} for row in rows],
            "Stays: without it the next import would make the author anew.",
            is_kept=True,
        )
    if lines := list(lines_of(person).values("message")[:1000]):
        yield Found(
            "Reports of imports",
            f"Lines that name them: {len(lines)}.",
            lines,
            "The name or address is taken out.",
        )
    if lines and MovePiece.objects.exists():
        yield Found(
            "Uploaded exports",
            "Files of an old site lie here that may hold the person's texts or address.",
            None,
            "Stay until some weeks after the import; forget the file by hand to be rid of it sooner.",
            is_kept=True,
        )


def erase(person, *, choices, by):
    lines = list(lines_of(person))
    for line in lines:
        line.message = said_without(line.message, str(person).strip(), instead=SOMEBODY)
    MoveLine.objects.bulk_update(lines, ["message"], batch_size=500)
    return [f"Lines of reports lost the name: {len(lines)}."] if lines else []


def known():
    """Nobody is known by a report alone: what is taken out of it goes with whoever is known elsewhere."""
    return iter(())


PART = Part("Moving in", REGISTER, IMPERSONAL, find, erase, known)
