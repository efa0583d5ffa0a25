"""Redirects that stood beside the old site: in its plugins' exports, in a table, in its server's settings."""
