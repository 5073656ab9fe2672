"""Export of a run's history as TensorBoard logs."""

import io
import re
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config.settings import SETTINGS
from annlab.exports.history import columns_of
from annlab.exports.settings_table import settings_of
from annlab.runs.history import CLIPPED
from annlab.runs.run import Run

# TensorBoard shows at most 1,000 points of a curve.
MAX_EPOCHS = 1000
# Limit on the epochs of all networks together: about two seconds of work.
MAX_EVENTS = 100_000
_SPLITS = ("train", "val", "test")
_EARLIEST = datetime(1980, 1, 2, tzinfo=UTC)
_LATEST = datetime(2107, 1, 1, tzinfo=UTC)


def tag(column: str) -> str:
    """TensorBoard tag of a history column; the word before the slash is the chart group.

    Returns
    -------
    str
        "loss/train" for "train_loss", "gradient_norm/1" for "gradient_norm_1",
        "clipped_steps/share" for "clipped".
    """
    if column == CLIPPED:
        return "clipped_steps/share"
    first, _, rest = column.partition("_")
    return f"{rest}/{first}" if first in _SPLITS else "/".join(column.rsplit("_", 1))


def tensorboard_zip(run: Run) -> bytes:
    """Return a zip file with TensorBoard logs of a run.

    Parameters
    ----------
    run : Run
        Run to export.

    Returns
    -------
    bytes
        Zip file with one folder, named after the model and the fingerprint of the run, so that
        files of several runs can be unpacked side by side. The folder has a subfolder per network
        (``network_1`` …) with one event file. Each event file has a scalar per history column and
        epoch, named by `tag`, with the wall time of the epoch; the settings as text and as
        hyperparameters; with early stopping also the scores of the best weights, below ``best``.
        The HParams table of TensorBoard shows the last value of every scalar. Above `MAX_EPOCHS`
        epochs, or `MAX_EVENTS` over all networks, evenly spaced epochs are kept, including the
        first and the last.
    """
    start = _start(run)
    # Zip entries get the date of the run, so that one run always gives the same bytes.
    written = datetime.fromtimestamp(start, UTC).timetuple()[:6]
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / f"events.out.tfevents.{int(start)}.annlab"
        for k in range(run.n_seeds):
            _write_events(run, k, start, path)
            name = f"{_folder_name(run)}/network_{k + 1}/{path.name}"
            entry = zipfile.ZipInfo(name, written)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return data.getvalue()


def _folder_name(run: Run) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", run.config.model.label.lower()).strip("-")
    return f"{words}-{run.fingerprint[:8]}"


def _start(run: Run) -> float:
    """Start of the training in seconds since 1970; 1980 for runs without a valid date.

    The date of an uploaded file may be invalid, and zip files support only 1980 to 2107.
    """
    try:
        created = datetime.fromisoformat(run.provenance.get("created", ""))
        start = created - timedelta(seconds=run.duration_seconds)
        return min(max(start, _EARLIEST), _LATEST).timestamp()
    except (ValueError, TypeError, OverflowError):  # no date, no time zone, or year 1
        return _EARLIEST.timestamp()


def _write_events(run: Run, k: int, start: float, path: Path) -> None:
    """Write the event file of network k."""
    with _without_torch():
        from tensorboardX import summary
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.summary_pb2 import Summary
        from tensorboardX.record_writer import RecordWriter

    values = _settings(run, k)
    table = ["| setting | value |", "|---|---|"]
    table += [f"| {name} | {value} |" for name, value in values.items()]
    _, started, ended = summary.hparams(values, {})
    columns = {tag(name): run.history[name][:, k] for name in columns_of(run)}

    def scalars(numbers: dict[str, float]) -> Any:
        return Summary(
            value=[Summary.Value(tag=name, simple_value=value) for name, value in numbers.items()]
        )

    end = start + float(run.epoch_seconds[-1])
    events = [
        Event(wall_time=start, file_version="brain.Event:2"),
        Event(wall_time=start, step=0, summary=summary.text("settings", "\n".join(table))),
        Event(wall_time=start, step=0, summary=started),
        *(
            Event(
                wall_time=start + float(run.epoch_seconds[epoch]),
                step=int(epoch),
                summary=scalars({name: column[epoch] for name, column in columns.items()}),
            )
            for epoch in _kept_epochs(run)
        ),
        Event(wall_time=end, step=0, summary=ended),
    ]
    if run.stops_early:
        best = int(run.best_epochs[k])
        at_best = {f"best/{name}": column[best] for name, column in columns.items()}
        at_time = start + float(run.epoch_seconds[best])
        events.append(Event(wall_time=at_time, step=best, summary=scalars(at_best)))
    writer = RecordWriter(str(path))
    for event in events:
        writer.write(event.SerializeToString())
    writer.close()


class _TorchRefused:
    """Import hook for `sys.meta_path` that makes ``import torch`` fail in one thread."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name == "torch" and threading.get_ident() == self.thread:
            raise ModuleNotFoundError(f"{name} is not needed here", name=name)


@contextmanager
def _without_torch() -> Iterator[None]:
    """Import tensorboardX without torch.

    tensorboardX imports torch for graphs if it is installed, which costs the web process 1.6 s and
    165 MB. Other threads can still import torch.
    """
    refused = _TorchRefused()
    sys.meta_path.insert(0, refused)
    try:
        yield
    finally:
        sys.meta_path.remove(refused)


def _kept_epochs(run: Run) -> NDArray[Any]:
    n = len(run.epoch_seconds)
    at_most = max(2, min(n, MAX_EPOCHS, MAX_EVENTS // run.n_seeds))
    return np.unique(np.linspace(0, n - 1, at_most).round().astype(int))


def _settings(run: Run, k: int) -> dict[str, Any]:
    """Settings of network k."""
    first = SETTINGS["seed"].label
    values = settings_of(run.config)
    del values[first]
    return values | {"Seed": run.config.training.seed + k}
