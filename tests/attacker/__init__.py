"""A client that knows our source: what it tries, and what it must not gain."""
