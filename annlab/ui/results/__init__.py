"""Finished runs on a page: scores, plots, curves, panels."""
