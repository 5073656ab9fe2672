"""Predefined experiments of the pages: models, question, and expected results.

Each entry sets everything on a page. The tutorials' experiments stay as published; tests check the
scores that the tutorials report. In annlab's own experiments one setting differs, every model is
trained until it stops improving and scored on held-out samples, and tests check the claims.
"""

from dataclasses import dataclass
from typing import Any, Literal

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig

Group = Literal["annlab's own", "As in the tutorial"]
Measure = Literal["accuracy", "mse", "truth", "gradient", "inactive"]
Where = Literal["test", "train", "inside", "gap", "outside"]

# Whether a higher value is better. "truth" is the root mean squared error against the true
# function, "gradient" the log10 ratio of first-layer to last-layer gradient, "inactive" the share
# of inactive hidden units.
HIGHER_IS_BETTER: dict[Measure, bool] = {
    "accuracy": True,
    "mse": False,
    "truth": False,
    "gradient": True,
    "inactive": False,
}


@dataclass(frozen=True)
class Claim:
    """Expected difference of one measure between two models, network by network.

    Attributes
    ----------
    ahead, of : int
        Index of the model that is ahead, and index of the other model; 0 is A.
    measure : str
        A name in `HIGHER_IS_BETTER`.
    where : str
        Split of the measure, or for "truth" the region: inside the samples, in the gap between
        them, or outside.
    by : float
        Minimum lead; with `level`, maximum difference.
    in_networks : int
        Minimum number of networks, of ten, in which the claim holds.
    epoch : int or None
        Epoch of the measurement; None: the end.
    level : bool
        Whether the claim is that neither model is ahead.
    """

    ahead: int
    of: int
    measure: Measure
    where: Where
    by: float
    in_networks: int
    epoch: int | None = None
    level: bool = False


@dataclass(frozen=True)
class Experiment:
    """Two or more models on the same data.

    Attributes
    ----------
    page : str
        Page that offers the experiment.
    name : str
        Short name.
    title : str
        Title shown on the page.
    question : str
        Question for the student, without the answer.
    runs : tuple of RunConfig
        Models on the same data, A first.
    claims : tuple of Claim
        Expected results; empty for the tutorials' experiments.
    default : bool
        Whether the page opens with this experiment.
    group : str
        Published in a tutorial, or annlab's own.
    """

    page: str
    name: str
    title: str
    question: str
    runs: tuple[RunConfig, ...]
    claims: tuple[Claim, ...] = ()
    default: bool = False
    group: Group = "annlab's own"

    @property
    def label(self) -> str:
        """Title, marked if the experiment is from a tutorial."""
        return self.title if self.group == "annlab's own" else f"Tutorial {self.title}"


LINEAR: dict[str, Any] = {"hidden_sizes": ()}
# Plain SGD, because Adam compensates for small gradients.
SGD: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.1}
MLP_4_2: dict[str, Any] = {"hidden_sizes": (4, 2), "activation": "tanh"}
# The test split gives the score; the validation split shows whether training is long enough.
HELD_OUT: dict[str, Any] = {"test_fraction": 0.2, "validation_fraction": 0.2}
# Enough networks for a meaningful confidence interval.
N_NETWORKS = 10


def _activations(hidden_sizes: tuple[int, ...], *names: str) -> list[dict[str, Any]]:
    """Model settings that differ only in the activation."""
    return [{"hidden_sizes": hidden_sizes, "activation": name} for name in names]


def _sizes(*sizes: tuple[int, ...], activation: str = "relu") -> list[dict[str, Any]]:
    """Model settings that differ only in the hidden layers."""
    return [{"hidden_sizes": hidden, "activation": activation} for hidden in sizes]


def _bench(
    data: dict[str, Any], training: dict[str, Any], *models: dict[str, Any]
) -> tuple[RunConfig, ...]:
    """Runs with common data and training settings; a model may override training settings."""
    runs = []
    for model in models:
        own = {key: value for key, value in model.items() if key in TrainingConfig.model_fields}
        network = {key: value for key, value in model.items() if key not in own}
        runs.append(
            RunConfig(
                dataset=DatasetConfig(**data),
                model=ModelConfig(**network),
                training=TrainingConfig(**{**training, **own}),
            )
        )
    return tuple(runs)


def _published(
    page: str, name: str, title: str, question: str, runs: tuple[RunConfig, ...]
) -> Experiment:
    return Experiment(page, name, f"{name} · {title}", question, runs, group="As in the tutorial")


_OWN = (
    Experiment(
        page="logistic_vs_mlp",
        name="moons",
        title="Six units for the moons",
        question="Noisy half circles that reach into each other. What can 4 + 2 hidden units do "
        "that a straight line cannot, and how much is that worth on samples that neither model "
        "has seen?",
        runs=_bench(
            {"name": "moons", "noise": 0.2, **HELD_OUT},
            {"max_epochs": 300, "n_seeds": N_NETWORKS, "learning_rate": 0.01},
            *_sizes((), (4, 2), activation="tanh"),
        ),
        claims=(Claim(1, 0, "accuracy", "test", by=0.03, in_networks=9),),
        default=True,
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="xor",
        title="XOR: no, two or four units",
        question="Each hidden unit draws one line. How many units does a checkerboard of four "
        "squares take, and do all networks of the same size find the same lines?",
        runs=_bench(
            {"name": "xor", **HELD_OUT},
            {"max_epochs": 200, "n_seeds": N_NETWORKS, "learning_rate": 0.03},
            *_sizes((), (2,), (4,), activation="tanh"),
        ),
        claims=(
            Claim(1, 0, "accuracy", "test", by=0.05, in_networks=9),
            Claim(2, 1, "accuracy", "test", by=0.05, in_networks=9),
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="linear_layers",
        title="Three linear layers",
        question="Model B has three hidden layers, but no activation function between them. What "
        "can it draw that model A cannot, and how do their scores compare?",
        runs=_bench(
            {"name": "moons", "noise": 0.2, **HELD_OUT},
            {"max_epochs": 100, "n_seeds": N_NETWORKS, "learning_rate": 0.01},
            *_sizes((), (8, 8, 8), activation="linear"),
        ),
        claims=(Claim(1, 0, "accuracy", "test", by=0.015, in_networks=9, level=True),),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="gaussians",
        title="Two clouds, few samples",
        question="Two overlapping round clouds, 160 samples to learn from and 800 to be tested "
        "on. What do 4,417 parameters make of them, and what do 3?",
        runs=_bench(
            {"name": "gaussians", "noise": 1.5, "test_fraction": 0.8, "validation_fraction": 0.2},
            {"max_epochs": 150, "n_seeds": N_NETWORKS, "learning_rate": 0.01},
            *_sizes((), (64, 64)),
        ),
        claims=(Claim(0, 1, "accuracy", "test", by=0.015, in_networks=9),),
    ),
    Experiment(
        page="multiclass",
        name="spirals",
        title="Straight cuts through spirals",
        question="Three arms wind around each other. What do straight lines make of them, and "
        "what do two hidden layers?",
        runs=_bench(
            {"name": "spirals", "noise": 0.4, **HELD_OUT},
            {"max_epochs": 60, "n_seeds": N_NETWORKS, "learning_rate": 0.01},
            *_sizes((), (32, 16), activation="tanh"),
        ),
        claims=(Claim(1, 0, "accuracy", "test", by=0.35, in_networks=10),),
        default=True,
    ),
    Experiment(
        page="multiclass",
        name="digits",
        title="Handwritten digits",
        question="64 pixels, ten digits, and each network learns from and is tested on a split of "
        "its own. Which digits get confused, and is one hidden layer worth its weights?",
        runs=_bench(
            {
                "name": "digits",
                "scaling": "minmax",
                "test_fraction": 0.5,
                "validation_fraction": 0.2,
                "resample": "split",
            },
            {"max_epochs": 100, "n_seeds": N_NETWORKS, "learning_rate": 0.01},
            *_sizes((), (64,)),
        ),
        claims=(Claim(1, 0, "accuracy", "test", by=0.001, in_networks=8),),
    ),
    Experiment(
        page="regression",
        name="sine_fit",
        title="A line and a curve",
        question="A line cannot bend. How do 32 + 32 ReLU units make a curve out of straight "
        "pieces, and what does it do where the samples end?",
        runs=_bench(
            {"name": "function_1d", "n_samples": 400, "noise": 0.2, **HELD_OUT},
            {"max_epochs": 300, "n_seeds": N_NETWORKS, "learning_rate": 0.005},
            *_sizes((), (32, 32)),
        ),
        claims=(
            Claim(1, 0, "mse", "test", by=0.3, in_networks=10),
            Claim(1, 0, "truth", "inside", by=0.4, in_networks=10),
        ),
        default=True,
    ),
    Experiment(
        page="regression",
        name="extrapolation",
        title="Extrapolation: ReLU against tanh",
        question="What does each network make up where it has seen no samples: in the gap, and "
        "beyond both ends? Which of the two comes closer to the true function, and where?",
        runs=_bench(
            {"name": "function_1d", "n_samples": 400, "noise": 0.15, "gap": 2.0, **HELD_OUT},
            {"max_epochs": 600, "n_seeds": N_NETWORKS, "learning_rate": 0.005},
            *_activations((32, 32), "relu", "tanh"),
        ),
        claims=(
            Claim(0, 1, "truth", "inside", by=0.08, in_networks=9, level=True),
            Claim(0, 1, "truth", "gap", by=0.1, in_networks=6),
            Claim(1, 0, "truth", "outside", by=0.01, in_networks=7),
        ),
    ),
    Experiment(
        page="regression",
        name="outliers",
        title="Outliers: MSE against MAE and Huber",
        question="One sample in ten lies 6 too high. Which loss follows the true function, and "
        "which the outliers? Two scores disagree: the squared error on test samples, of which one "
        "in ten is an outlier too, and the error against the true function (Report).",
        runs=_bench(
            {"name": "function_1d", "n_samples": 400, "outliers": 0.1, **HELD_OUT},
            {"max_epochs": 300, "n_seeds": N_NETWORKS, "learning_rate": 0.005},
            *({"hidden_sizes": (32, 32), "loss": loss} for loss in ("mse", "mae", "huber")),
        ),
        claims=(
            Claim(1, 0, "truth", "inside", by=0.3, in_networks=10),
            Claim(2, 0, "truth", "inside", by=0.2, in_networks=10),
            Claim(1, 2, "truth", "inside", by=0.02, in_networks=9),
            Claim(0, 1, "mse", "test", by=0.05, in_networks=9),
        ),
    ),
    Experiment(
        page="regression",
        name="positive",
        title="Positive targets: softplus output",
        question="All targets are positive. Does an output that can only be positive change the "
        "fit where there are samples, and what does it change in the gap?",
        runs=_bench(
            {
                "name": "function_1d",
                "function": "abs",
                "n_samples": 400,
                "noise": 0.2,
                "gap": 2.0,
                **HELD_OUT,
            },
            {"max_epochs": 300, "n_seeds": N_NETWORKS, "learning_rate": 0.005},
            {"hidden_sizes": (16, 16), "activation": "tanh"},
            {"hidden_sizes": (16, 16), "activation": "tanh", "output_activation": "softplus"},
        ),
        claims=(
            Claim(0, 1, "mse", "test", by=0.01, in_networks=9, level=True),
            Claim(0, 1, "truth", "gap", by=0.01, in_networks=7),
        ),
    ),
    Experiment(
        page="activations",
        name="circle",
        title="Two rings: tanh, ReLU, sigmoid",
        question="Four units in the first layer, a ring inside a ring: what shape does each "
        "activation draw around the inner one? And how much of the gradient reaches the first "
        "layer in the first epochs (Gradients)?",
        runs=_bench(
            {"name": "circles", "noise": 0.2, **HELD_OUT},
            {
                "max_epochs": 100,
                "n_seeds": N_NETWORKS,
                "learning_rate": 0.01,
                "record_gradients": True,
            },
            *_activations((4, 2), "tanh", "relu", "sigmoid"),
        ),
        claims=(
            Claim(0, 1, "accuracy", "test", by=0.03, in_networks=8, level=True),
            Claim(0, 2, "gradient", "train", by=1.0, in_networks=7, epoch=0),
        ),
        default=True,
    ),
    Experiment(
        page="activations",
        name="deep_sigmoid",
        title="Ten hidden layers",
        question="Ten hidden layers and plain gradient descent. In which networks does the "
        "gradient still reach layer 1 in the first epochs (Gradients), and what becomes of the "
        "others?",
        runs=_bench(
            {"name": "moons", "n_samples": 600, "noise": 0.3, **HELD_OUT},
            {**SGD, "max_epochs": 150, "n_seeds": N_NETWORKS, "record_gradients": True},
            *_activations((8,) * 10, "sigmoid", "tanh", "relu"),
        ),
        claims=(
            Claim(1, 0, "gradient", "train", by=4.0, in_networks=10, epoch=0),
            Claim(2, 0, "gradient", "train", by=4.0, in_networks=10, epoch=0),
            Claim(1, 0, "accuracy", "test", by=0.25, in_networks=9),
        ),
    ),
    Experiment(
        page="activations",
        name="dying_relu",
        title="Dying ReLU",
        question="With large steps, units are pushed to where their slope is zero for every "
        "sample. How many become inactive with each activation (Gradients), does any come back, "
        "and what does it cost in accuracy?",
        runs=_bench(
            {"name": "circles", "noise": 0.3, **HELD_OUT},
            {
                "max_epochs": 80,
                "n_seeds": N_NETWORKS,
                "learning_rate": 0.1,
                "record_gradients": True,
            },
            *_activations((16, 16), "relu", "leaky_relu", "elu"),
        ),
        claims=(
            Claim(1, 0, "inactive", "train", by=0.2, in_networks=10),
            Claim(2, 0, "inactive", "train", by=0.2, in_networks=10),
            Claim(1, 0, "accuracy", "test", by=0.05, in_networks=8, level=True),
        ),
    ),
    Experiment(
        page="activations",
        name="spiral",
        title="Spiral: tanh, ReLU, sigmoid",
        question="Two arms wound around each other: which activation unwinds them first? Move to "
        "epoch 9, then to the end.",
        runs=_bench(
            {"name": "spirals", "n_samples": 900, "noise": 0.6, "n_classes": 2, **HELD_OUT},
            {
                "max_epochs": 200,
                "n_seeds": N_NETWORKS,
                "learning_rate": 0.05,
                "record_gradients": True,
            },
            *_activations((16, 16), "tanh", "relu", "sigmoid"),
        ),
        claims=(
            Claim(0, 2, "accuracy", "test", by=0.1, in_networks=9, epoch=9),
            Claim(1, 2, "accuracy", "test", by=0.1, in_networks=9, epoch=9),
            Claim(0, 2, "accuracy", "test", by=0.05, in_networks=9, level=True),
        ),
    ),
)

_PUBLISHED = (
    _published(
        "logistic_vs_mlp",
        "E1",
        "Two clouds",
        "One straight line separates all samples but one. Which model gets there within 50 epochs, "
        "and what do ten times as many epochs do for the other?",
        _bench({"name": "linear"}, {"max_epochs": 50, "n_seeds": 10}, LINEAR, MLP_4_2),
    ),
    _published(
        "logistic_vs_mlp",
        "E2",
        "A line on the moons",
        "Would a higher learning rate help the line? Would more epochs do the same?",
        _bench({"name": "moons"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E3",
        "A line through two rings",
        "A ring inside a ring. Of all straight lines, the best gets 69 % of the samples right. "
        "Does logistic regression find it at either learning rate?",
        _bench({"name": "circles"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E4",
        "Six units for the moons",
        "What can 4 + 2 hidden units do that a line cannot? Two settings differ: which of them "
        "makes the difference?",
        _bench({"name": "moons"}, {"n_seeds": 20}, LINEAR, {**MLP_4_2, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E5",
        "Six units for two rings",
        "How do 4 + 2 hidden units close a boundary around the inner ring?",
        _bench(
            {"name": "circles"},
            {"max_epochs": 50, "n_seeds": 20},
            LINEAR,
            {**MLP_4_2, "learning_rate": 0.01},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E6",
        "A deep network on a sine wave",
        "Twelve quarter waves of alternating class. What does a line make of them, and how far do "
        "three layers of 64 units get in 50 epochs?",
        _bench(
            {"name": "sine"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 64, 64), "activation": "tanh"},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E9",
        "Breast cancer",
        "Thirty measurements of cell nuclei. Does the MLP beat logistic regression on samples "
        "that neither has seen? Then give model A a learning rate of 0.03, and compare again.",
        _bench(
            {"name": "breast_cancer", "test_fraction": 0.2, "scaling": "minmax"},
            {"batch_size": 64, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (30, 15)},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E12",
        "Nothing to learn",
        "The labels are coin flips. What becomes of the training score, and what of the test "
        "score, if you train ten times as long?",
        _bench(
            {"name": "random_labels", "test_fraction": 0.2},
            {"max_epochs": 10, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
    _published(
        "multiclass",
        "E7",
        "Straight cuts through spirals",
        "Does a higher learning rate make up for the straight lines of softmax regression? Does "
        "training longer?",
        _bench(
            {"name": "spirals"},
            {"max_epochs": 20, "n_seeds": 10},
            LINEAR,
            {**LINEAR, "learning_rate": 0.01},
        ),
    ),
    _published(
        "multiclass",
        "E8",
        "An MLP on spirals",
        "Three arms wound around each other: what do three hidden layers make of them?",
        _bench(
            {"name": "spirals"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 32, 16), "activation": "tanh"},
        ),
    ),
    _published(
        "multiclass",
        "E10",
        "Fashion-MNIST",
        "Ten kinds of clothes: which ones get confused, and does the MLP confuse the same ones "
        "as softmax regression?",
        _bench({"name": "fashion_mnist"}, {"max_epochs": 10}, LINEAR, {"hidden_sizes": (64, 32)}),
    ),
    _published(
        "regression",
        "E11",
        "California Housing",
        "Eight numbers about a district: how much of the house value does a plane explain, and "
        "how much an MLP?",
        _bench(
            {"name": "california_housing", "test_fraction": 0.2, "scaling": "minmax"},
            {"max_epochs": 200, "n_seeds": 3},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
)

EXPERIMENTS: dict[str, Experiment] = {entry.name: entry for entry in (*_OWN, *_PUBLISHED)}

# Experiment that each page opens with.
DEFAULTS: dict[str, Experiment] = {
    entry.page: entry for entry in EXPERIMENTS.values() if entry.default
}


def experiments_of(page: str) -> tuple[Experiment, ...]:
    """Experiments of a page: annlab's own, then the tutorials'."""
    return tuple(entry for entry in EXPERIMENTS.values() if entry.page == page)
