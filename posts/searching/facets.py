"""How what was found spreads over years, categories and authors, each a link that narrows the search."""

from dataclasses import dataclass

LONGEST = 12
FIRST_YEAR = 1970


@dataclass
class Choice:
    label: str
    posts: int
    address: str


@dataclass
class Facet:
    """`chosen` is the label of what the search is narrowed to, `without` the address of the search without that."""

    name: str
    chosen: str
    without: str
    choices: list


def of(question, row, times):
    """The facets of a search, from the row of its statement; `times` is how many posts one counted stands for.

    A facet with a single choice says nothing, and is left out.
    """
    years = [
        (FIRST_YEAR - 1 + place, FIRST_YEAR - 1 + place, posts)
        for place, posts in row["years"] or []
        if place
    ]
    offered = [
        ("Year", "year", question.year, years),
        ("Category", "category", row["category"], row["categories"]),
        ("Author", "author", row["author"], row["authors"]),
    ]
    facets = []
    for name, parameter, chosen, rows in offered:
        choices = [
            Choice(
                label=str(label),
                posts=rounded(posts * times) if times > 1 else posts,
                address=question.but(**{parameter: key}).address,
            )
            for key, label, posts in rows or []
        ]
        if chosen or len(choices) > 1:
            without = question.but(**{parameter: None if parameter == "year" else ""}).address
            facets.append(Facet(name, str(chosen or ""), without, [] if chosen else choices))
    return facets


def rounded(count):
    """A number to two figures, as an estimate is said."""
    step = 10 ** max(0, len(str(count)) - 2)
    return (count + step // 2) // step * step
