"""Experiments to start from."""
