"""annlab's own experiments: one setting differs from model A, all learn to their end, claims hold.

Models are scored on held-out samples. The file is long because each entry is data.
"""

from typing import Any

from annlab.lessons.experiment import Claim, Experiment, bench_runs

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


ANNLABS_OWN = (
    Experiment(
        page="logistic_vs_mlp",
        name="moons",
        title="Six units for the moons",
        question="Noisy half circles that reach into each other. What can 4 + 2 hidden units do "
        "that a straight line cannot, and how much is that worth on samples that neither model "
        "has seen?",
        runs=bench_runs(
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
        runs=bench_runs(
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
        name="feature_or_layer",
        title="Feature or layer?",
        question="A ring inside a ring. Model B gets the squares x₁² and x₂² as inputs, model C a "
        "hidden layer of eight units. What does each of them draw, and how many weights does it "
        "take?",
        runs=bench_runs(
            {"name": "circles", "noise": 0.2, **HELD_OUT},
            {"max_epochs": 150, "n_seeds": N_NETWORKS, "learning_rate": 0.02},
            {"activation": "tanh"},
            {"activation": "tanh", "features": ("x1_squared", "x2_squared")},
            {"activation": "tanh", "hidden_sizes": (8,)},
        ),
        claims=(
            Claim(1, 0, "accuracy", "test", by=0.25, in_networks=10),
            Claim(2, 0, "accuracy", "test", by=0.25, in_networks=10),
            Claim(1, 2, "accuracy", "test", by=0.02, in_networks=9, level=True),
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="linear_layers",
        title="Three linear layers",
        question="Model B has three hidden layers, but no activation function between them. What "
        "can it draw that model A cannot, and how do their scores compare?",
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
            {"name": "function_1d", "n_samples": 400, "noise": 0.15, "gap": 2.0, **HELD_OUT},
            {"max_epochs": 600, "n_seeds": N_NETWORKS, "learning_rate": 0.005},
            *_activations((32, 32), "relu", "tanh"),
        ),
        claims=(
            Claim(0, 1, "truth", "inside", by=0.08, in_networks=9, level=True),
            Claim(0, 1, "truth", "gap", by=0.1, in_networks=6),
            Claim(1, 0, "truth", "outside", by=0.01, in_networks=6),
        ),
    ),
    Experiment(
        page="regression",
        name="outliers",
        title="Outliers: MSE against MAE and Huber",
        question="One sample in ten lies 6 too high. Which loss follows the true function, and "
        "which the outliers? Two scores disagree: the squared error on test samples, of which one "
        "in ten is an outlier too, and the error against the true function (Report).",
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
        runs=bench_runs(
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
