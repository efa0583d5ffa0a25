"""Fetching uploads from the old site over HTTP, for the records of the library that lack their file."""
