"""Predefined experiments of the pages."""
