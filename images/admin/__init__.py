"""The library in the newsroom."""

from images.admin import document, library

__all__ = ["document", "library"]
