class Trouble(Exception):
    """A backup or a restore that cannot be done; the message says why and what to do. Nothing half-done is left."""
