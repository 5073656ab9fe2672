"""Performance goals, in the order of docs/benchmarks.md."""

from dataclasses import dataclass

from annlab.lessons.experiments import EXPERIMENTS

# Goals for thirty students at once.
PRESET = EXPERIMENTS["E3"]


@dataclass(frozen=True)
class Goal:
    """Upper limit on a ratio to a peer, or on a value of annlab.

    Attributes
    ----------
    most : float
    text : str
        The goal, in a table.
    what : str
        Description of the measurement, for readers who do not know the tables.
    of_ratio : bool
        Whether the limit is on the ratio to the peer.
    """

    most: float
    text: str
    what: str
    of_ratio: bool = True


_ONE = "training one network, geometric mean of six experiments: by"
_TWENTY = "20 networks at once: by one,"
_BARE = "by a bare page with as many charts"
_CLASS = "thirty students at once:"


def _our_own(most: float, text: str, what: str) -> Goal:
    return Goal(most, text, what, of_ratio=False)


GOALS: dict[str, Goal] = {
    "scikit-learn": Goal(0.7, "≤ 0.7", f"{_ONE} scikit-learn's MLP"),
    "PyTorch, 1 thread": Goal(0.5, "≤ 0.5", f"{_ONE} plain PyTorch"),
    "Lightning": Goal(0.12, "≤ 0.12", f"{_ONE} Lightning as its tutorial shows it"),
    "Keras, TensorFlow": Goal(0.1, "≤ 0.1", f"{_ONE} Keras on TensorFlow"),
    "many samples": Goal(1.0, "≤ 1", "one epoch of 60,000 × 784: by scikit-learn's MLP"),
    "20 seeds of E4": Goal(2, "≤ 2", f"{_TWENTY} moons"),
    "20 seeds of E6": Goal(8, "≤ 8", f"{_TWENTY} sine"),
    "20 seeds of E9": Goal(3, "≤ 3", f"{_TWENTY} Breast Cancer"),
    "own data": Goal(
        1.5, "≤ 1.5", "20 networks, each with its own data: by 20 on the same, two data sets"
    ),
    "outputs": Goal(1.3, "≤ 1.3", "eight outputs: by one, 1 and 20 networks of 32-32"),
    "rates": Goal(10, "≤ 10", "200 networks with 200 learning rates: by one, moons"),
    "rates by scikit-learn": Goal(
        0.02, "≤ 0.02", "200 networks with 200 learning rates: by scikit-learn, one after the other"
    ),
    "search": Goal(3.6, "≤ 3.6", "a search of 24 × 24 × 5 networks: by 1,000 of them, moons"),
    "search by two": Goal(
        2.4,
        "≤ 2.4",
        "a search of 24 × 24 × 5 networks with two workers: by 1,000 of them on one, moons",
    ),
    "GPU": Goal(10, "≤ 10", "1,000 networks at once on a GPU: by one, moons"),
    "evaluation": Goal(0.15, "≤ 0.15", "evaluation, seven experiments: share of an epoch"),
    "estimate": _our_own(
        2, "≤ 2 times", "estimated duration of ten extreme trainings: factor to the measured one"
    ),
    "worker": _our_own(700, "≤ 700 MB", "memory of a worker with 60,000 × 784"),
    "first page": Goal(1.25, "≤ 1.25", f"server start to the first page with results: {_BARE}"),
    "new server": Goal(
        1.33, "≤ 1.33", f"start of a new server to the first page, with shipped results: {_BARE}"
    ),
    "rerun": Goal(1.5, "≤ 1.5", f"a setting is changed, results stay, five pages: {_BARE}"),
    "train": Goal(1.5, "≤ 1.5", f"Train, where results are stored: {_BARE}"),
    "scrub": Goal(1.0, "≤ 1", f"another epoch, four pages: {_BARE}"),
    # "About": what rounds to it.
    "movement": _our_own(0.35, "about 0.3 s", "click on Train to the first moving curve"),
    "final charts": _our_own(0.45, "about 0.4 s", "end of a training to its final charts"),
    "payload": _our_own(1.5, "≤ 1.5 MB", "what a page with results weighs, five pages"),
    "frame": _our_own(33, "≤ 33 ms", "a frame of the film, two surfaces: 30 a second or more"),
    "slider": _our_own(35, "≤ 35 ms", "the film's slider: from a key to its frame"),
    "film of two": _our_own(1.5, "≤ 1.5 MB", "what a page with the film of two models weighs"),
    "film of four": _our_own(2.5, "≤ 2.5 MB", "what a page with the film of four models weighs"),
    "shift": _our_own(0.02, "≤ 0.02", "layout shift from Train to the final charts"),
    "inside": _our_own(150, "≤ 150 ms", "inside a network: from an action to what it shows"),
    "payload of inside": _our_own(0.7, "≤ 0.7 MB", "what the tab Inside of two models adds"),
    "comparison": _our_own(0.5, "≤ 0.5 s", "a table of 2,000 runs opens; six runs are compared"),
    "web process": _our_own(200, "< 200 MB", "memory of the web process"),
    "no results": _our_own(0, "0", f"{_CLASS} who got no results"),
    "class": Goal(1.5, "≤ 1.5", f"{_CLASS} median and 95th percentile of a rerun: {_BARE}"),
    "web process of a class": _our_own(300, "< 300 MB", f"{_CLASS} memory of the web process"),
    "once": _our_own(
        len(PRESET.runs),
        f"{len(PRESET.runs)}: each model once",
        "thirty clicks on one experiment: trainings",
    ),
}
