"""An uploaded file, kept in pieces in the database, as a file that can be read from any byte on."""

import io

from wordpress.models import MovePiece

PIECE = 1024 * 1024  # bytes of each piece but the last


class Pieces(io.RawIOBase):
    def __init__(self, move_id, file, *, name, size):
        self.name = name
        self._which, self._size = {"move_id": move_id, "file": file}, size
        self._at, self._number, self._piece = 0, None, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self):
        return self._at

    def readinto(self, buffer):
        number, start = divmod(self._at, PIECE)
        if number != self._number:
            found = MovePiece.objects.filter(number=number, **self._which)
            self._piece = memoryview(found.values_list("content", flat=True).first() or b"")
            self._number = number
        size = min(len(buffer), max(0, len(self._piece) - start))
        buffer[:size] = self._piece[start : start + size]
        self._at += size
        return size


def of_equal_size(chunks):
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
