"""EXPERIMENTS: what the pages offer, by name."""

from annlab.lessons.decisions import DECISIONS
from annlab.lessons.experiment import Experiment
from annlab.lessons.own import ANNLABS_OWN
from annlab.lessons.several import SEVERAL
from annlab.lessons.tutorials import PUBLISHED
from annlab.lessons.wide import WIDE_AND_DEEP

EXPERIMENTS: dict[str, Experiment] = {
    entry.name: entry for entry in (*ANNLABS_OWN, *WIDE_AND_DEEP, *SEVERAL, *DECISIONS, *PUBLISHED)
}

# Experiment that each page opens with.
DEFAULTS: dict[str, Experiment] = {
    entry.page: entry for entry in EXPERIMENTS.values() if entry.default
}


def experiments_of(page: str) -> tuple[Experiment, ...]:
    """Experiments of a page: annlab's own, then the tutorials'."""
    return tuple(entry for entry in EXPERIMENTS.values() if entry.page == page)
