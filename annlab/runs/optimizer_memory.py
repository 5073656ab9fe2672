"""The optimizer's memory of one network at some epochs of its run, as a replay finds it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.nn.forward import Layers
from annlab.nn.optimizer_steps import Memory
from annlab.runs.run import Run
from annlab.tensor_file import dump, load
from annlab.validation import Config

Array = NDArray[Any]
# Memory of the weights and of the biases of each layer.
LayerMemories = Sequence[tuple[Memory, Memory]]

# Numbers of one network at all its epochs up to which one replay keeps them all.
MAX_NUMBERS = 500_000
# Weights of a replay that differ by more than this, relative to the largest weight, are another
# run's. Rounding differs between processors, and training enlarges it.
SAME_WEIGHTS = 1e-3
_KIND = "optimizer memory"
_PARTS = ("weights", "biases")


class ReplayRequest(Config):
    """Replay of a run for the optimizer's memory of one network.

    Attributes
    ----------
    run : RunConfig
    network : int
    epochs : tuple of int
        Epochs after which the memory is kept, ascending.
    """

    run: RunConfig
    network: int
    epochs: tuple[int, ...]


@dataclass(frozen=True)
class OptimizerMemory:
    """Memory of one network, and its weights, at some epochs of a replay.

    Attributes
    ----------
    layers : mapping of int to sequence of (weights, biases)
        Weights of the network by epoch, of shapes (n_in, n_out) and (n_out,).
    memories : mapping of int to sequence of (Memory, Memory)
        By epoch, for the weights and for the biases of each layer.
    """

    layers: Mapping[int, Layers]
    memories: Mapping[int, LayerMemories]


def replay_request(run: Run, network: int, epoch: int) -> ReplayRequest:
    """Say which replay finds the optimizer's memory at an epoch.

    Parameters
    ----------
    run : Run
    network : int
    epoch : int
        Epoch of a checkpoint until which the network learned.

    Returns
    -------
    ReplayRequest
        With the epochs of all checkpoints if they are not too large, so that one replay serves
        them all.
    """
    epochs = {int(run.shown_epochs(int(at))[network]) for at in run.checkpoints.epochs}
    epochs |= {int(run.shown_epochs()[network]), epoch}
    if run.config.n_parameters * len(epochs) > MAX_NUMBERS:
        epochs = {epoch}
    return ReplayRequest(run=run.config, network=network, epochs=tuple(sorted(epochs)))


def repeats(memory: OptimizerMemory, layers: Layers, epoch: int) -> bool:
    """Whether the weights of a replay are those of a run, except for rounding.

    Parameters
    ----------
    memory : OptimizerMemory
    layers : sequence of (weights, biases)
        Weights of the network in the run at that epoch.
    epoch : int
    """
    pairs = [
        (ours, theirs)
        for layer, same in zip(memory.layers[epoch], layers, strict=True)
        for ours, theirs in zip(layer, same, strict=True)
    ]
    largest = max(float(np.abs(theirs).max(initial=0)) for _, theirs in pairs)
    differences = [float(np.abs(ours - theirs).max(initial=0)) for ours, theirs in pairs]
    return max(differences) <= SAME_WEIGHTS * largest


def write_memory(memory: OptimizerMemory) -> bytes:
    """Write a memory for `read_memory`."""
    arrays: dict[str, Array] = {}
    for epoch, layers in memory.layers.items():
        for k, pairs in enumerate(zip(layers, memory.memories[epoch], strict=True)):
            for part, values, one in zip(_PARTS, *pairs, strict=True):
                place = f"{epoch}/{k}/{part}"
                arrays[place] = values
                arrays |= {f"{place}/{name}": array for name, array in one.kept.items()}
    n_steps = {str(epoch): found[0][0].n_steps for epoch, found in memory.memories.items()}
    return dump(arrays, {"n_steps": n_steps}, kind=_KIND)


def read_memory(data: bytes) -> OptimizerMemory:
    """Read what `write_memory` wrote.

    Raises
    ------
    SavedFileError
        If the data are damaged.
    """
    arrays, facts = load(data, kind=_KIND)
    kept: dict[str, dict[str, Array]] = defaultdict(dict)
    for name, array in arrays.items():
        place, of_stage = "/".join(name.split("/")[:3]), name.split("/")[3:]
        if of_stage:
            kept[place][of_stage[0]] = array
    layers: dict[int, Layers] = {}
    memories: dict[int, LayerMemories] = {}
    for epoch, n_steps in facts["n_steps"].items():
        n_layers = sum(f"{epoch}/{k}/weights" in arrays for k in range(len(arrays)))
        places = [[f"{epoch}/{k}/{part}" for part in _PARTS] for k in range(n_layers)]
        layers[int(epoch)] = [(arrays[W], arrays[b]) for W, b in places]
        memories[int(epoch)] = [
            (Memory(n_steps, kept[W]), Memory(n_steps, kept[b])) for W, b in places
        ]
    return OptimizerMemory(layers, memories)
