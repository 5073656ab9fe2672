"""What is said about the end of a training, for people."""

from annlab.config import RunConfig
from annlab.datasets import SPLIT_NAMES
from annlab.formatting import network_names
from annlab.training.early_stopping import EarlyStopper
from annlab.training.recorder import Recorder


def what_happened(recorder: Recorder, stopper: EarlyStopper | None, config: RunConfig) -> str:
    """What is to be said about the end of a training: who stopped when, and who diverged."""
    sentences = []
    n = config.training.n_seeds
    if recorder.diverged_at:
        kept = "the best weights" if stopper else "the weights of the epoch before"
        sentences.append(_divergence(recorder, config, kept))
    if stopper and stopper.stopped_at:
        epochs = sorted(stopper.stopped_at.values())
        who = f"{len(epochs)} of {n} networks" if len(epochs) < n else f"All {n} networks"
        when = f"epochs {epochs[0]} to {epochs[-1]}" if epochs[0] < epochs[-1] else ""
        sentences.append(
            f"{'Training' if n == 1 else who} stopped early after {when or f'epoch {epochs[0]}'}: "
            f"no better {SPLIT_NAMES[stopper.split]} loss for {_epochs(stopper.patience)}."
        )
    if recorder.ending == "stopped":
        sentences.append(f"Stopped by hand after epoch {recorder.epoch}.")
    return " ".join(sentences)


def _divergence(recorder: Recorder, config: RunConfig, kept: str) -> str:
    training, diverged = config.training, recorder.diverged_at
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
