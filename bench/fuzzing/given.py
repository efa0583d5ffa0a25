"""Bytes as a target takes them."""


def text(data):
    """Any text a form can hold: every byte counts, and what is no UTF-8 becomes some letter."""
    return data.decode("utf-8", "replace")


def halves(data, mark=b"\x1e"):
    one, _, other = data.partition(mark)
    return one, other
