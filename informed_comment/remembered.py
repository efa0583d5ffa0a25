"""What was made of some values and is the same whenever it is made of them again: remembered within a budget of bytes.

Cards, sections, rows of the archives: an edition changes with every post, and nearly all that a list shows stays.
"""

import sys
import threading
from collections import OrderedDict

from django.template import Context
from django.template.loader import get_template

BUDGET = 16 * 1024 * 1024  # of a process
OVERHEAD = 1_000  # bytes beside the text of what is remembered


class Remembered:
    """The least asked for go first. Nothing is ever wrong in it, for whoever asks names all that a value is made of."""

    def __init__(self, budget):
        self.budget = budget
        self.lock = threading.Lock()
        self.forget()

    def forget(self):
        with self.lock:
            self.values, self.bytes = OrderedDict(), 0

    def get(self, key):
        with self.lock:
            known = self.values.get(key)
            if known is None:
                return None
            self.values.move_to_end(key)
        return known[0]

    def put(self, key, value, size):
        with self.lock:
            if key in self.values or size > self.budget:
                return
            self.values[key] = value, size
            self.bytes += size
            while self.bytes > self.budget:
                self.bytes -= self.values.popitem(last=False)[1][1]


of_process = Remembered(BUDGET)


def html(shown, template, **values):
    """What is `shown` by a template that is given nothing but its `fields()` and the values.

    Its `source`, a text, tells all that the template shows of it.
    """
    key = (template, shown.source, *values.values())
    found = of_process.get(key)
    if found is None:
        found = get_template(template).template.render(Context(shown.fields() | values))
        of_process.put(key, found, sys.getsizeof(found) + sys.getsizeof(shown.source) + OVERHEAD)
    return found
