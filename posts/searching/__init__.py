"""Finding posts by their words, inside PostgreSQL: what was asked, what is found, and what may have been meant."""

from dataclasses import dataclass, replace

from django.conf import settings

from informed_comment.allowances import AtOnce, OfNetworks
from posts.searching import finding, words
from posts.searching.asked import PARAMETERS, Question, read
from posts.searching.finding import Found

__all__ = ["PARAMETERS", "Answer", "Found", "Question", "answer", "answer_for", "read"]

FEW = 5  # found by so few posts, a word may be misspelt by them too
SEARCHES = OfNetworks(
    settings.SEARCHES_PER_NETWORK
)  # in a minute, of those nobody asked since the last edition
AT_ONCE = AtOnce(4)  # in a process: half of the connections it has


@dataclass
class Answer:
    """What a reader is shown: `found` for `question`, which is not `asked` when nothing was found for that."""

    asked: Question
    question: Question
    found: Found
    meant: Question | None = None

    @property
    def is_corrected(self):
        return self.question.words != self.asked.words


def answer_for(request, question):
    """The answer, within what one network and all together may ask for. Raises budgets.TooMany and Http404."""
    SEARCHES.take(request)
    with AT_ONCE.one():
        return answer(question)


def answer(question):
    """What is found; when that is nothing, what is found for the words most like those asked, if anything is.

    Raises Http404 for a category, an author or a page there is not. Four queries at most.
    """
    found = finding.find(question)
    if found.total >= FEW or question.number > 1 or not found.has_words:
        return Answer(question, question, found)
    meant = words.meant(question.words, found.folded, only_unknown=found.total == 0)
    if not meant:
        return Answer(question, question, found)
    other = replace(question, words=meant)
    if found.total:
        return Answer(question, question, found, meant=other)
    instead = finding.find(other)
    if not instead.total:
        return Answer(question, question, found)
    return Answer(question, other, instead)
