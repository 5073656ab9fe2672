"""Keeping runs: SQL tables, and a cache in memory over them."""
