"""What is kept of those who sign posts. Their name stands under what they published; their address is for editors."""

from django.db.models import Q

from authors.models import Author, AuthorLink
from informed_comment.persons.parts import Choice, Found, Kept, Part, key_of_address, key_of_name

LISTED = "as long as the author is listed"
EVERYBODY = "everybody"
CHOICE = Choice(
    "author_profile",
    "Empty the profile of the author",
    "Text, portrait, website, handle and links go. The name stays under what was published: it belongs to the record.",
)
REGISTER = {
    "authors.Author.name": Kept("it signs posts", LISTED, EVERYBODY),
    "authors.Author.slug": Kept("the address of the author's page", LISTED, EVERYBODY),
    "authors.Author.role": Kept("stands under the name", LISTED, EVERYBODY),
    "authors.Author.bio": Kept("stands under posts", LISTED, EVERYBODY),
    "authors.Author.email": Kept("so that editors can write to the author", LISTED, "editors"),
    "authors.Author.website": Kept("stands on the author's page", LISTED, EVERYBODY),
    "authors.Author.fediverse": Kept("names the author under shared links", LISTED, EVERYBODY),
    "authors.Author.user": Kept("which account the author has", LISTED, "all of the staff"),
    "authors.AuthorLink.label": Kept("stands on the author's page", LISTED, EVERYBODY),
    "authors.AuthorLink.url": Kept("stands on the author's page", LISTED, EVERYBODY),
}


def authors_of(person):
    keys, wanted = person.keys, Q(pk=None)
    if "address" in keys:
        wanted |= Q(email__iexact=person.address.strip())
    if "name" in keys:
        wanted |= Q(name__icontains=keys["name"].split()[-1])
    found = Author.objects.filter(wanted)
    return [
        one
        for one in found
        if person.is_before(one.created_at)
        and (
            key_of_address(one.email) == keys.get("address", "-")
            or key_of_name(one.name) == keys.get("name", "-")
        )
    ]


def find(person):
    for one in authors_of(person):
        yield Found(
            "Author",
            f"{one.name} signs posts.",
            {
                "name": one.name,
                "role": one.role,
                "text": one.bio,
                "email": one.email,
                "website": one.website,
                "fediverse": one.fediverse,
                "links": list(one.links.values("label", "url")),
            },
            f"The e-mail address goes. The profile goes where “{CHOICE.label}” is chosen. The name stays under what was "
            "published.",
        )


def erase(person, *, choices, by):
    gone = []
    for one in authors_of(person):
        if one.email:
            one.email = ""
            one.save(update_fields=["email"])
            gone.append("The e-mail address of an author was taken away.")
        if CHOICE.name in choices and empty(one):
            gone.append("The profile of an author was emptied.")
    return gone


def empty(author):
    """Whether there was anything to take away."""
    links = AuthorLink.objects.filter(author=author).delete()[0]
    had = any((author.bio, author.website, author.fediverse, author.portrait_id, author.role))
    author.bio = author.website = author.fediverse = author.role = ""
    author.portrait = None
    author.save(update_fields=["bio", "website", "fediverse", "role", "portrait"])
    return bool(had or links)


def known():
    for name, email in Author.objects.values_list("name", "email"):
        yield "name", name
        if email:
            yield "address", email


PART = Part("Authors", REGISTER, {}, find, erase, known, (CHOICE,))
