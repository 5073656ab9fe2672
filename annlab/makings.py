"""Data sets in the making: workers make them, each once for all who ask meanwhile."""

import math
import threading
import time
from typing import Any

from annlab.cluster import Cluster, worker_function
from annlab.config import DatasetConfig, RunConfig

# What has failed, for want of a network say, is tried again after so long.
_RETRY_SECONDS = 20


class Makings:
    """What the workers of a cluster are making, and what they could not make.

    Parameters
    ----------
    cluster : Cluster
        Must have started before anything is asked for.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = threading.Lock()
        self._futures: dict[str, tuple[Any, float]] = {}  # by digest; and since when

    def result(self, config: DatasetConfig | RunConfig, seconds: float) -> bytes | None:
        """The data of a config, as bytes; None if they take longer than so many seconds.

        Raises
        ------
        ValueError
            If it cannot be made; the message is a sentence for people.
        """
        try:
            data: bytes = self._future(config).result(seconds)
        except TimeoutError:
            return None
        except ValueError:
            raise
        except Exception as error:  # killed with its worker, or cancelled with the connection
            raise ValueError(
                "The points could not be made: the worker process died, or cannot be reached. It "
                f"is tried again in {_RETRY_SECONDS} seconds."
            ) from error
        with self._lock:
            self._futures.pop(config.data_digest, None)
        return data

    def _future(self, config: DatasetConfig | RunConfig) -> Any:
        with self._lock:
            future, since = self._futures.get(config.data_digest, (None, -math.inf))
            failed = future is not None and future.done() and future.status != "finished"
            if future is None or (failed and time.monotonic() - since > _RETRY_SECONDS):
                future = self._cluster.client.submit(
                    worker_function("make_dataset"),
                    config.model_dump(mode="json"),
                    key=f"make_dataset-{config.data_digest}-{time.monotonic_ns()}",
                    priority=1,
                )
                self._futures[config.data_digest] = (future, time.monotonic())
            return future
