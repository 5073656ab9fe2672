"""Slices of an epoch, so that a stop does not wait for its end."""

from collections.abc import Iterator

# Multiplications in one slice of an epoch: about 0.1 s on one core, so that a stop is quick.
SLICE_WORK = 1e9


class EpochSlices:
    """Slices of the rows of one epoch, in whole batches: (first row, end row).

    The data loader that Lightning requires; the samples themselves are already on the device.
    """

    def __init__(self, n_samples: int, batch_size: int, work_per_batch: float) -> None:
        batches = max(1, int(SLICE_WORK / work_per_batch))
        rows = batches * batch_size
        self.bounds = [(i, min(i + rows, n_samples)) for i in range(0, n_samples, rows)]

    def __len__(self) -> int:
        return len(self.bounds)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.bounds)
