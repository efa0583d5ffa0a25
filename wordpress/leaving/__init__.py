"""Out again: what this site holds, in the words of other systems, and whole."""
