"""What was made of some values and is the same whenever it is made of them again: remembered within a budget of bytes."""

import threading
from collections import OrderedDict


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
