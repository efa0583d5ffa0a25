from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def chunked_cursor(self):
        """Rows come in pieces within a transaction only: outside of one, the next statement goes to another session."""
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()
