"""Runs: results of a training, their history, memory budget and file format."""
