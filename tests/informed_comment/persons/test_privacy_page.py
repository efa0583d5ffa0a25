"""docs/privacy.md says what the register says."""

from collections import defaultdict
from pathlib import Path

from informed_comment.persons.parts import register

PAGE = Path(__file__).resolve().parents[3] / "docs" / "privacy.md"


def lines():
    """A line for the fields of a model that are kept for the same reason as long as each other."""
    alike = defaultdict(list)
    for label, kept in register().items():
        model, _, name = label.rpartition(".")
        alike[model, kept.why, kept.until, kept.seen_by].append(name)
    return [
        f"| `{model}`: {', '.join(names)} | {why} | {until} | {seen_by} |"
        for (model, why, until, seen_by), names in alike.items()
    ]


def test_the_page_has_a_line_for_every_field_of_the_register_and_no_other():
    said = PAGE.read_text().partition("## Everything, field by field")[2].splitlines()
    there = [line for line in said if line.startswith("| `")]
    missing = [line for line in lines() if line not in there]
    assert not missing, "Add to docs/privacy.md:\n" + "\n".join(missing)
    assert not set(there) - set(lines())
