"""Searches for good settings: spaces, strategies, tables of scores, and what luck does to them."""
