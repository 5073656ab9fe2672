"""Replay of a run for the optimizer's memory, which checkpoints lack."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.forward import Layers
from annlab.nn.optimizer_steps import Memory
from annlab.runs.budget import check_budget
from annlab.runs.optimizer_memory import (
    LayerMemories,
    OptimizerMemory,
    ReplayRequest,
    write_memory,
)
from annlab.training.callbacks import EpochReport
from annlab.training.fit import fit
from annlab.training.optimizer_state import State

Array = NDArray[Any]


def replay_memory(
    request: ReplayRequest,
    report: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> OptimizerMemory:
    """Train a run again until it has the optimizer's memory of one network.

    All networks are trained as they were, so their weights are the same, bit for bit on the same
    machine.

    Parameters
    ----------
    request : ReplayRequest
    report : callable, optional
        Is told the share that is done, from 0 to 1, after every epoch.
    should_stop : callable, optional
        As for `annlab.training.train`.

    Returns
    -------
    OptimizerMemory
        At the epochs of the request; without those that a stopped replay has not reached.

    Raises
    ------
    ValueError
        If the run takes more than the host allows, or its data cannot be loaded.
    """
    check_budget(request.run)
    network, last = request.network, max(request.epochs)
    steps_per_epoch = -(-request.run.n_train // request.run.training.batch_size)
    layers: dict[int, Layers] = {}
    memories: dict[int, LayerMemories] = {}

    def keep(after: EpochReport) -> None:
        epoch = after.epoch
        if epoch in request.epochs:
            layers[epoch] = [(W[network].copy(), b[network].copy()) for W, b in after.weights()]
            n_steps = epoch * steps_per_epoch
            memories[epoch] = [
                (Memory(n_steps, weights), Memory(n_steps, biases))
                for weights, biases in _of_network(
                    after.optimizer_state(), network, len(layers[epoch])
                )
            ]
        if report:
            report(min(1.0, epoch / max(1, last)))

    fit(
        [request.run],
        on_epoch=keep,
        should_stop=lambda: last in layers or bool(should_stop and should_stop()),
        keeps_weights=False,
    )
    return OptimizerMemory(layers, memories)


def replay(
    request: ReplayRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
) -> bytes:
    """Replay a run for `annlab.runs.optimizer_memory.read_memory`, as a worker does it.

    Parameters and errors are those of `replay_memory` and `annlab.jobs.kinds.Kind`.
    """
    found = replay_memory(request, lambda share: report(share, b""), should_stop)
    return write_memory(found) if len(found.layers) == len(request.epochs) else b""


def _of_network(
    state: State, network: int, n_layers: int
) -> list[tuple[dict[str, Array], dict[str, Array]]]:
    """State of the weights and of the biases of each layer of one network."""

    def of(layer: int, part: int) -> dict[str, Array]:
        return {
            name: values if isinstance(values, np.ndarray) else values[layer][part][network].copy()
            for name, values in state.items()
        }

    return [(of(k, 0), of(k, 1)) for k in range(n_layers)]
