"""EXPERIMENTS: what the pages offer, by name."""

from annlab.lessons.experiment import Experiment
from annlab.lessons.own import OWN
from annlab.lessons.tutorials import PUBLISHED

EXPERIMENTS: dict[str, Experiment] = {entry.name: entry for entry in (*OWN, *PUBLISHED)}

# Experiment that each page opens with.
DEFAULTS: dict[str, Experiment] = {
    entry.page: entry for entry in EXPERIMENTS.values() if entry.default
}


def experiments_of(page: str) -> tuple[Experiment, ...]:
    """Experiments of a page: annlab's own, then the tutorials'."""
    return tuple(entry for entry in EXPERIMENTS.values() if entry.page == page)
