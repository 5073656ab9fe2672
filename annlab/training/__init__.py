"""Training engine: the only package that imports torch and pytorch_lightning."""

from annlab.training.callbacks import EpochReport
from annlab.training.many import train_many
from annlab.training.train import train

__all__ = ["EpochReport", "train", "train_many"]
