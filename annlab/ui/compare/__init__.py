"""Compare page: table of runs and comparison with a baseline."""
