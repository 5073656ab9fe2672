"""Metrics of a server in Prometheus's text form, on a port of their own.

prometheus_client is imported by the server that serves metrics alone: it takes 3 MB.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

log = logging.getLogger(__name__)

PREFIX = "annlab_"
# Only this machine may read them; a proxy can pass them on.
ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Condition:
    """Condition of a server, as numbers; each attribute is a metric with the prefix ``annlab_``.

    Attributes
    ----------
    started : int
        Whether the server has begun to serve pages: 0 before the first visit, and then the others
        are 0 too.
    trainings_waiting, trainings_running : int
        Trainings of all sessions that wait for a worker, and that workers have.
    trainings_started : int
        Trainings handed to the workers since the server started.
    queue_silent_seconds : float
        Seconds since the queue last did its regular work, twice a second.
    workers : int
        Connected workers, or trainings that can run at the same time on an external cluster.
    store_up : int
        Whether the database answers.
    store_bytes : int
        Total size of the stored runs, when the database last answered.
    sessions : int
        Connected browsers.
    """

    started: int = 0
    trainings_waiting: int = 0
    trainings_running: int = 0
    trainings_started: int = 0
    queue_silent_seconds: float = 0.0
    workers: int = 0
    store_up: int = 0
    store_bytes: int = 0
    sessions: int = 0


class Metrics:
    """Serves the condition of this process.

    Attributes
    ----------
    condition : callable
        Returns the current `Condition`; must not wait for long.
    """

    def __init__(self) -> None:
        self.condition: Callable[[], Condition] = Condition
        self._is_served = False

    def serve_once(self, port: int | None) -> None:
        """Serve the metrics until the process ends, unless they are served or `port` is None.

        Raises
        ------
        ValueError
            If the port cannot be used; the message is a sentence for the log.
        """
        if self._is_served or port is None:
            return
        try:
            self.serve(port)
        except OSError as error:
            raise ValueError(
                f"ANNLAB_METRICS_PORT must be a free port; {port} cannot be used: {error.strerror}."
            ) from None
        self._is_served = True

    def serve(self, port: int) -> Callable[[], None]:
        """Serve the metrics on the loopback address.

        Parameters
        ----------
        port : int
            Port number; 0 for tests takes any.

        Returns
        -------
        callable
            Ends it.

        Raises
        ------
        OSError
            If the port is taken.
        """
        from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        server, thread = start_http_server(port, ADDRESS, registry)
        log.info("Metrics: http://%s:%d/metrics", ADDRESS, server.server_port)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close

    def collect(self) -> Iterator[Any]:
        """Yield one metric for each attribute of the condition, as prometheus_client asks."""
        from prometheus_client.core import GaugeMetricFamily

        condition = self.condition()
        for field in fields(condition):
            yield GaugeMetricFamily(
                PREFIX + field.name,
                field.name.replace("_", " ").capitalize(),
                value=float(getattr(condition, field.name)),
            )

    def describe(self) -> list[Any]:
        """Return no metrics before they are asked for, so that registration asks nobody."""
        return []


# Of this process: `python -m annlab` serves it before the first visit, which gives the condition.
METRICS = Metrics()
