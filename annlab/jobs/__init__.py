"""Training elsewhere: a queue of trainings, the Dask cluster and its workers."""
