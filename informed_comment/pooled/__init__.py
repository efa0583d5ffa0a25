"""Django's PostgreSQL for when a pooler in transaction mode stands in between (an ENGINE of DATABASES)."""
