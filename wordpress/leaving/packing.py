"""The WordPress export as one gzipped file that is sent while it is made."""

import zlib

from wordpress import exporter

AT_ONCE = 64 * 1024  # bytes handed on
GZIP = 31  # zlib's word for a gzip header around the data


class Packed:
    """Iterating gives the bytes; `written.items` counts afterwards what is in it, by type and status."""

    def __init__(self):
        self.written = exporter.Written()

    def __iter__(self):
        packer, waiting = zlib.compressobj(6, zlib.DEFLATED, GZIP), bytearray()
        parts = exporter.chunks(written=self.written)
        _part, head = next(parts)
        yield packer.compress(head) + packer.flush(zlib.Z_SYNC_FLUSH)  # at once, before any post is read
        for _part, data in parts:
            waiting += packer.compress(data)
            if len(waiting) > AT_ONCE:
                yield bytes(waiting)
                waiting.clear()
        yield bytes(waiting) + packer.flush()
