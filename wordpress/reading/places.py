"""Where in a file an item begins, so exactly that reading can begin there again.

Between the bytes of a file and what the parser takes stands the mending, whose state is known only at the beginning of
each chunk. A place is a chunk, and how far the item is from its beginning once it is mended.
"""

from collections import deque
from dataclasses import asdict, dataclass

CHUNKS = 4  # the parser may be behind by a few, over a long comment


@dataclass(slots=True)
class Chunk:
    entry: int  # of a zip; else 0
    offset: int  # of its first byte
    text: dict  # the state of the mending before it
    length: int = 0  # of what was made of it, in bytes of UTF-8


@dataclass(slots=True)
class Place:
    chunk: Chunk
    skip: int  # bytes of UTF-8 from the beginning of what was made of the chunk
    line: int
    prefixes: dict
    site: object

    def as_json(self):
        return {
            "entry": self.chunk.entry,
            "offset": self.chunk.offset,
            "text": self.chunk.text,
            "skip": self.skip,
            "line": self.line,
            "prefixes": self.prefixes,
            "site": asdict(self.site),
        }


class Chunks:
    """The last chunks, and which of the parser's bytes the newest begins at."""

    def __init__(self):
        self._last = deque(maxlen=CHUNKS)
        self._origin = 0

    def add(self, chunk, fed):
        """`fed` is how many bytes the parser had before the chunk."""
        self._last.append(chunk)
        self._origin = fed

    def begin(self, fed, rest):
        """A new parser, given `fed` bytes, takes over; `rest` bytes of the newest chunk, or of more, are still to come."""
        self._origin = fed - (self._last[-1].length - rest)

    def find(self, byte):
        """(chunk, bytes from its beginning) of one of the parser's bytes; None if that is too long ago."""
        after = byte - self._origin
        for number, chunk in enumerate(reversed(self._last)):
            after += chunk.length if number else 0
            if after >= 0:
                return chunk, after
        return None
