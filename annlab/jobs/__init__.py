"""Background training: queue, Dask cluster and workers."""
