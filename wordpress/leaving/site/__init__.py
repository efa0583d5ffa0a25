"""The whole publication as lines of JSON with its files beside them, and back: equal, or not at all."""
