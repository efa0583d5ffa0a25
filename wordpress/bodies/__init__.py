"""A text as WordPress keeps it, to one as this site keeps it: blocks, shortcodes, paragraphs, figures."""
