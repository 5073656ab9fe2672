"""Ask a server on this machine how it is: ``python -m annlab.health``.

Exit code 0: store, queue and workers work, or nobody has visited the server yet. 1: a sentence says
what does not.
"""

import sys
from dataclasses import fields
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from annlab.environment import Environment
from annlab.host.metrics import ADDRESS, PREFIX, Condition

# A container's health check ends after 30 seconds by default.
_ANSWER_SECONDS = 10.0
# The queue works twice a second, also while all cores are busy.
SILENT_SECONDS = 60.0


def problems(condition: Condition) -> list[str]:
    """Sentences about what does not work; empty for a healthy server."""
    if not condition.started:
        return []
    found = []
    if not condition.store_up:
        found.append("The store does not answer.")
    if not condition.workers:
        found.append("No training worker is connected.")
    if condition.queue_silent_seconds > SILENT_SECONDS:
        found.append(f"The queue has stood still for {condition.queue_silent_seconds:.0f} seconds.")
    return found


def read_condition(text: str) -> Condition:
    """Read the condition of a server from its metrics in Prometheus's text form.

    Raises
    ------
    ValueError
        If a metric is missing or malformed.
    """
    from prometheus_client.parser import text_string_to_metric_families

    values: dict[str, Any] = {
        sample.name.removeprefix(PREFIX): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    names = [field.name for field in fields(Condition)]
    missing = [PREFIX + name for name in names if name not in values]
    if missing:
        raise ValueError(f"These metrics are missing: {', '.join(missing)}.")
    return Condition(**{name: values[name] for name in names})


def check(port: int) -> list[str]:
    """Ask the server whose metrics are at a port; return sentences about what does not work."""
    url = f"http://{ADDRESS}:{port}/metrics"
    try:
        with urlopen(url, timeout=_ANSWER_SECONDS) as answer:
            return problems(read_condition(answer.read().decode()))
    except (URLError, TimeoutError, ConnectionError):
        return [f"No annlab answers at {url}."]
    except ValueError as error:
        return [f"Something else than annlab, or another version, answers at {url}: {error}"]


def main() -> None:
    """Exit with code 0 if the server is healthy, else print sentences and exit with code 1."""
    try:
        port = Environment.read().metrics_port
    except ValueError as error:
        sys.exit(str(error))
    if port is None:
        sys.exit("Set ANNLAB_METRICS_PORT, for the server and for this command.")
    sys.exit(" ".join(check(port)) or 0)


if __name__ == "__main__":
    main()
