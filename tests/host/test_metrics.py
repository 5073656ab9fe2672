"""Metrics in Prometheus's text form, and the health that a command reads from them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from annlab.health import SILENT_SECONDS, check, problems, read_condition
from annlab.host.metrics import Condition, Metrics

HEALTHY = Condition(
    started=1,
    trainings_waiting=2,
    trainings_running=1,
    trainings_started=7,
    queue_silent_seconds=0.25,
    workers=2,
    store_up=1,
    store_bytes=12_345,
    sessions=30,
)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def metrics(port: int) -> Iterator[Metrics]:
    made = Metrics()
    close = made.serve(port)
    yield made
    close()


def test_prometheus_reads_the_metrics(metrics: Metrics, port: int) -> None:
    metrics.condition = lambda: HEALTHY
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    samples = {s.name: s.value for f in text_string_to_metric_families(text) for s in f.samples}
    expected = {f"annlab_{f.name}": getattr(HEALTHY, f.name) for f in fields(Condition)}
    assert expected.items() <= samples.items()
    assert read_condition(text) == HEALTHY


def test_a_taken_port_is_a_sentence(metrics: Metrics, port: int) -> None:
    with pytest.raises(ValueError, match=f"^ANNLAB_METRICS_PORT must be a free port; {port} "):
        Metrics().serve_once(port)
    Metrics().serve_once(None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, ""),
        ({"store_up": 0}, "The store does not answer."),
        ({"workers": 0}, "No training worker is connected."),
        ({"queue_silent_seconds": SILENT_SECONDS + 1}, "The queue has stood still for 61 seconds."),
        ({"started": 0, "workers": 0, "store_up": 0}, ""),
    ],
)
def test_each_fault_has_its_sentence(change: dict[str, int], sentence: str) -> None:
    assert " ".join(problems(replace(HEALTHY, **change))) == sentence


def test_another_server_at_the_port(
    metrics: Metrics, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "collect", lambda: iter(()))
    (sentence,) = check(port)
    assert sentence.startswith("Something else than annlab, or another version, answers at ")


def _command(port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annlab.health"],
        env={**os.environ, "ANNLAB_METRICS_PORT": port},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command(metrics: Metrics, port: int) -> None:
    metrics.condition = lambda: HEALTHY
    good = _command(str(port))
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    metrics.condition = lambda: replace(HEALTHY, store_up=0, workers=0)
    bad = _command(str(port))
    assert bad.returncode == 1
    assert bad.stderr == "The store does not answer. No training worker is connected.\n"


def test_the_command_without_a_server(port: int) -> None:
    done = _command(str(port))
    assert done.returncode == 1
    assert done.stderr == f"No annlab answers at http://127.0.0.1:{port}/metrics.\n"
    assert _command("").stderr.startswith("Set ANNLAB_METRICS_PORT")
    assert _command("99999").stderr.startswith("ANNLAB_METRICS_PORT must be a port number")
