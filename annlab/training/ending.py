"""How the training of one config's networks ended, and what is said about it."""

from dataclasses import dataclass
from typing import Self

from annlab.config import RunConfig
from annlab.datasets import SPLIT_NAMES
from annlab.formatting import network_names
from annlab.runs.run_record import Ending
from annlab.training.early_stopping import EarlyStopper
from annlab.training.recorder import Recorder


@dataclass(frozen=True)
class Outcome:
    """How the training of one config's networks ended.

    Attributes
    ----------
    ending : {"finished", "early", "stopped", "diverged"}
    epoch : int
        Last epoch that counts.
    stopped_at, diverged_at : dict of int
        Epoch by network of the config: stopped early, or loss no longer finite.
    """

    ending: Ending
    epoch: int
    stopped_at: dict[int, int]
    diverged_at: dict[int, int]

    @classmethod
    def of(cls, recorder: Recorder, stopper: EarlyStopper | None, networks: range) -> Self:
        """Return the outcome of some networks of a stack.

        The networks of a config end when the last of them no longer learns, though others of the
        stack may go on.
        """
        stopped, diverged = (
            {k - networks.start: epoch for k, epoch in found.items() if k in networks}
            for found in (stopper.stopped_at if stopper else {}, recorder.diverged_at)
        )
        if len(diverged) == len(networks):
            # The epoch in which the last one diverged has no row.
            return cls("diverged", max(diverged.values()) - 1, stopped, diverged)
        if len(stopped | diverged) == len(networks):
            return cls("early", max((stopped | diverged).values()), stopped, diverged)
        return cls(recorder.ending, recorder.epoch, stopped, diverged)

    @property
    def learned_until(self) -> dict[int, int]:
        """Epochs that networks learned, as far as they ended before the training."""
        return self.stopped_at | {k: epoch - 1 for k, epoch in self.diverged_at.items()}


def what_happened(outcome: Outcome, stopper: EarlyStopper | None, config: RunConfig) -> str:
    """Sentences about the end of a training: who stopped when, and who diverged."""
    sentences = []
    n = config.training.n_seeds
    if outcome.diverged_at:
        kept = "the best weights" if stopper else "the weights of the epoch before"
        sentences.append(_divergence(outcome.diverged_at, config, kept))
    if stopper and outcome.stopped_at:
        epochs = sorted(outcome.stopped_at.values())
        who = f"{len(epochs)} of {n} networks" if len(epochs) < n else f"All {n} networks"
        when = f"epochs {epochs[0]} to {epochs[-1]}" if epochs[0] < epochs[-1] else ""
        sentences.append(
            f"{'Training' if n == 1 else who} stopped early after {when or f'epoch {epochs[0]}'}: "
            f"no better {SPLIT_NAMES[stopper.split]} loss for {_epochs(stopper.patience)}."
        )
    if outcome.ending == "stopped":
        sentences.append(f"Stopped by hand after epoch {outcome.epoch}.")
    return " ".join(sentences)


def _divergence(diverged: dict[int, int], config: RunConfig, kept: str) -> str:
    training = config.training
    scale = "" if config.dataset.scaling != "none" else ", or scale the data"
    remedy = f"Try a smaller learning rate (now {training.learning_rate:g}){scale}."
    epochs = sorted(diverged.values())
    when = (
        f"epoch {epochs[0]}" if epochs[0] == epochs[-1] else f"epochs {epochs[0]} to {epochs[-1]}"
    )
    if len(diverged) == training.n_seeds:
        whose = "The loss" if training.n_seeds == 1 else "The loss of every network"
        return (
            f"Training diverged: {whose.lower()} stopped being a finite number in {when}. "
            f"Shown are {kept}. {remedy}"
        )
    return (
        f"{len(diverged)} of {training.n_seeds} networks diverged "
        f"({network_names(sorted(diverged))}): the loss stopped being a finite number in {when}. "
        f"They keep {kept}, and means leave them out. {remedy}"
    )


def _epochs(n: int) -> str:
    return "1 epoch" if n == 1 else f"{n} epochs"
