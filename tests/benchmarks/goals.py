"""What is aimed at, in the order in which the README reports it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A ratio of at most `most`, or a figure of ours of at most that.

    Attributes
    ----------
    most : float
    text : str
        The goal, in a table.
    what : str
        What is measured, for a reader who does not know the tables.
    of_ratio : bool
        Whether it is about the ratio to the peer.
    """

    most: float
    text: str
    what: str
    of_ratio: bool = True


_ONE = "training one network, geometric mean of six experiments: by"
_BARE = "by a bare Streamlit page with as many charts"

GOALS: dict[str, Goal] = {
    "scikit-learn": Goal(0.7, "≤ 0.7", f"{_ONE} scikit-learn's MLP"),
    "PyTorch, 1 thread": Goal(0.5, "≤ 0.5", f"{_ONE} plain PyTorch"),
    "Lightning": Goal(0.12, "≤ 0.12", f"{_ONE} Lightning as its tutorial shows it"),
    "Keras, TensorFlow": Goal(0.1, "≤ 0.1", f"{_ONE} Keras on TensorFlow"),
    "many samples": Goal(1.0, "≤ 1", "one epoch of 60,000 × 784: by scikit-learn's MLP"),
    "20 seeds of E4": Goal(2, "≤ 2", "20 networks at once on moons: by one"),
    "20 seeds of E6": Goal(8, "≤ 8", "20 networks at once on a sine: by one"),
    "20 seeds of E9": Goal(3, "≤ 3", "20 networks at once on Breast Cancer: by one"),
    "evaluation": Goal(
        0.15, "≤ 0.15", "evaluation and history, seven experiments: share of an epoch"
    ),
    "worker": Goal(
        700, "≤ 700 MB", "memory of a worker that loads and trains 60,000 × 784", of_ratio=False
    ),
    "first page": Goal(1.25, "≤ 1.25", f"server start to the first page with results: {_BARE}"),
    "rerun": Goal(1.5, "≤ 1.5", f"a setting is changed, on each page: {_BARE}"),
    "scrub": Goal(1.0, "≤ 1", f"another epoch, on each page with one: {_BARE}"),
    # "About": what rounds to it.
    "movement": Goal(0.35, "about 0.3 s", "click on Train to the first moving curve", False),
    "final charts": Goal(0.45, "about 0.4 s", "end of a training to its final charts", False),
    "payload": Goal(1.5, "≤ 1.5 MB", "what a page with results weighs", of_ratio=False),
    "comparison": Goal(
        0.5, "≤ 0.5 s", "the table of 2,000 runs opens; six runs are compared", of_ratio=False
    ),
    "web process": Goal(200, "< 200 MB", "memory of the web process", of_ratio=False),
    "no results": Goal(0, "0", "thirty students at once: who got no results", of_ratio=False),
    "class": Goal(1.5, "≤ 1.5", "thirty students: median and 95th percentile by a bare page's"),
    "web process of a class": Goal(
        300, "< 300 MB", "thirty students: memory of the web process", of_ratio=False
    ),
    "once": Goal(
        2, "2: each model once", "thirty clicks on one experiment: trainings", of_ratio=False
    ),
}
