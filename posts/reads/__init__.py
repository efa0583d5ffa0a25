"""How often posts are read: from the beacon to the counts, what is popular, and what the newsroom is shown of it."""
