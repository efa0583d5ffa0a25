"""CSV in: a file is received, read into rows, judged, imported chunk by chunk, reported, and perhaps undone.

An import can only lower consent (docs/decisions/0030-imports-only-lower-consent.md).
"""
