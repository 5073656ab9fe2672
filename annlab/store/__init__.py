"""Storage of runs and data sets: SQL database with a memory cache."""
