"""The statistics as an editor sees them: of the whole site, of a post, category, author, tag or referring site."""
