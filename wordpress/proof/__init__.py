"""Whether every address of an old site still leads where it led: what is asked, who is asked, and what is made of it."""
