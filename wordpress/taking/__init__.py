"""What an import makes of the records: people, sections, uploads, posts, pages, and the addresses they had."""
