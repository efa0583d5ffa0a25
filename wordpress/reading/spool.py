"""What a file says far from where it is needed, kept on disk while the file is read: memory stays as small as before."""

import json
import sqlite3


class Spool:
    """Rows under a kind and a key, in the order they came. Gone when it is closed."""

    def __init__(self):
        self._db = sqlite3.connect("", isolation_level=None)  # a file of its own, which nobody else can open
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE rows (kind TEXT, key TEXT, row TEXT)")
        self._db.execute("CREATE INDEX rows_by_key ON rows (kind, key)")
        self._db.execute("BEGIN")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._db.close()

    def put(self, kind, key, row):
        self._db.execute("INSERT INTO rows VALUES (?, ?, ?)", (kind, str(key), json.dumps(row)))

    def get(self, kind, key):
        found = self._db.execute(
            "SELECT row FROM rows WHERE kind = ? AND key = ? ORDER BY rowid", (kind, str(key))
        )
        return [json.loads(row) for (row,) in found]

    def first(self, kind, key):
        return next(iter(self.get(kind, key)), None)

    def all(self, kind):
        found = self._db.execute("SELECT row FROM rows WHERE kind = ? ORDER BY rowid", (kind,))
        return (json.loads(row) for (row,) in found)
