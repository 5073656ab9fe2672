"""The experiments of the tutorials as data: what to compare, and the question behind it.

Each entry sets everything on a page. The figures that the tutorials report are kept beside
the tests that hold them.
"""

from dataclasses import dataclass
from typing import Any

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig


@dataclass(frozen=True)
class Experiment:
    """Two or more models on the same points.

    Attributes
    ----------
    page : str
        The page that offers it.
    name : str
        Short name, as in an address.
    title : str
        What it is called on a page.
    question : str
        What a student is to find out.
    runs : tuple of RunConfig
        The models, A first; they share the data.
    """

    page: str
    name: str
    title: str
    question: str
    runs: tuple[RunConfig, ...]


LINEAR: dict[str, Any] = {"hidden_sizes": ()}
# Plain steps: Adam would make up for gradients that are too small.
SGD: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.1}
MLP_4_2: dict[str, Any] = {"hidden_sizes": (4, 2), "activation": "tanh"}


def _activations(hidden_sizes: tuple[int, ...], *names: str, **more: Any) -> list[dict[str, Any]]:
    """The same network with several activations."""
    return [{"hidden_sizes": hidden_sizes, "activation": name, **more} for name in names]


def _bench(
    data: dict[str, Any], training: dict[str, Any], *models: dict[str, Any]
) -> tuple[RunConfig, ...]:
    """Runs that share data and training; a model may name settings of its own training."""
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


_ENTRIES = (
    Experiment(
        page="logistic_vs_mlp",
        name="E1",
        title="E1 · A line is enough",
        question="Two clouds, one line between them. Is the MLP any better here?",
        runs=_bench({"name": "linear"}, {"max_epochs": 50, "n_seeds": 10}, LINEAR, MLP_4_2),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E2",
        title="E2 · A line on the moons",
        question="Is the line held back by its training? Ten times the learning rate says no.",
        runs=_bench({"name": "moons"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E3",
        title="E3 · A line through a ring",
        question="A ring around a disc. Can any learning rate make a line better than guessing?",
        runs=_bench(
            {"name": "circles"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E4",
        title="E4 · Six units for the moons",
        question="What can 4 + 2 hidden units do that a line cannot?",
        runs=_bench({"name": "moons"}, {"n_seeds": 20}, LINEAR, {**MLP_4_2, "learning_rate": 0.01}),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E5",
        title="E5 · Six units for the ring",
        question="How do six bent lines close around a disc?",
        runs=_bench(
            {"name": "circles"},
            {"max_epochs": 50, "n_seeds": 20},
            LINEAR,
            {**MLP_4_2, "learning_rate": 0.01},
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E6",
        title="E6 · A deep network on a sine wave",
        question="Twelve quarter waves, eleven changes of class: how many units does that take?",
        runs=_bench(
            {"name": "sine"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 64, 64), "activation": "tanh"},
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E9",
        title="E9 · Breast cancer",
        question="Thirty measurements of real tumours. Does the MLP beat the line on new patients?",
        runs=_bench(
            {"name": "breast_cancer", "test_fraction": 0.2, "scaling": "minmax"},
            {"batch_size": 64, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (30, 15)},
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="E12",
        title="E12 · Nothing to learn",
        question="The labels are coin flips. Train longer: the training score rises, the test "
        "score stays at one half. What has the network learned?",
        runs=_bench(
            {"name": "random_labels", "test_fraction": 0.2},
            {"max_epochs": 10, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
    Experiment(
        page="multiclass",
        name="E7",
        title="E7 · Straight cuts through spirals",
        question="Softmax regression cuts the plane along straight lines. Can training harder "
        "make up for that?",
        runs=_bench(
            {"name": "spirals"},
            {"max_epochs": 20, "n_seeds": 10},
            LINEAR,
            {**LINEAR, "learning_rate": 0.01},
        ),
    ),
    Experiment(
        page="multiclass",
        name="E8",
        title="E8 · An MLP on spirals",
        question="Three arms wound around each other: what do three hidden layers make of them?",
        runs=_bench(
            {"name": "spirals"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 32, 16), "activation": "tanh"},
        ),
    ),
    Experiment(
        page="multiclass",
        name="digits",
        title="Handwritten digits",
        question="64 pixels, ten digits. Which ones are taken for each other, and by whom?",
        runs=_bench(
            {"name": "digits", "test_fraction": 0.2, "scaling": "minmax"},
            {"max_epochs": 60, "n_seeds": 5},
            LINEAR,
            {"hidden_sizes": (64, 32)},
        ),
    ),
    Experiment(
        page="multiclass",
        name="E10",
        title="E10 · Fashion-MNIST",
        question="60,000 pictures of clothes: why do networks confuse shirts with coats?",
        runs=_bench(
            {"name": "fashion_mnist"}, {"max_epochs": 10}, LINEAR, {"hidden_sizes": (64, 32)}
        ),
    ),
    Experiment(
        page="regression",
        name="sine_fit",
        title="A line and a curve",
        question="A line cannot bend. How do 32 + 32 units make a curve out of straight pieces?",
        runs=_bench(
            {"name": "function_1d"},
            {"max_epochs": 300, "n_seeds": 10, "learning_rate": 0.01},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
    Experiment(
        page="regression",
        name="extrapolation",
        title="Extrapolation: ReLU against tanh",
        question="Where there are no points, what does each network make up?",
        runs=_bench(
            {"name": "function_1d", "gap": 1.5},
            {"max_epochs": 400, "n_seeds": 10, "learning_rate": 0.005},
            {"hidden_sizes": (32, 32), "activation": "relu"},
            {"hidden_sizes": (32, 32), "activation": "tanh"},
        ),
    ),
    Experiment(
        page="regression",
        name="outliers",
        title="Outliers: MSE against MAE and Huber",
        question="A few points are far off. Which loss lets them pull the curve away? "
        "Judge by the curves: the squared error counts those points, too.",
        runs=_bench(
            {"name": "function_1d", "outliers": 0.1},
            {"max_epochs": 300, "n_seeds": 5, "learning_rate": 0.005},
            *({"hidden_sizes": (32, 32), "loss": loss} for loss in ("mse", "mae", "huber")),
        ),
    ),
    Experiment(
        page="regression",
        name="positive",
        title="Positive targets: softplus output",
        question="All targets are positive. What does an output that can only be positive change "
        "where there are no points?",
        runs=_bench(
            {"name": "function_1d", "function": "abs", "noise": 0.05},
            {"max_epochs": 300, "n_seeds": 10, "learning_rate": 0.005},
            {"hidden_sizes": (16, 16), "activation": "tanh"},
            {"hidden_sizes": (16, 16), "activation": "tanh", "output_activation": "softplus"},
        ),
    ),
    Experiment(
        page="regression",
        name="E11",
        title="E11 · California Housing",
        question="Eight numbers of a district: what does a house cost there? What does the MLP "
        "see that a plane cannot?",
        runs=_bench(
            {"name": "california_housing", "test_fraction": 0.2, "scaling": "minmax"},
            {"max_epochs": 200, "n_seeds": 3},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
    Experiment(
        page="activations",
        name="circle",
        title="Circle: tanh, ReLU, sigmoid",
        question="Four units around a disc: what shape does each activation draw?",
        runs=_bench(
            {"name": "circles"},
            {"max_epochs": 60, "n_seeds": 10, "learning_rate": 0.01, "record_gradients": True},
            *_activations((4, 2), "tanh", "relu", "sigmoid"),
        ),
    ),
    Experiment(
        page="activations",
        name="linear_layers",
        title="Three linear layers are still a line",
        question="The first network has three hidden layers without a bend. What do they buy?",
        runs=_bench(
            {"name": "moons"},
            {"max_epochs": 60, "n_seeds": 10, "learning_rate": 0.01, "record_gradients": True},
            *_activations((8, 8, 8), "linear", "tanh"),
        ),
    ),
    Experiment(
        page="activations",
        name="deep_sigmoid",
        title="Why not sigmoid in deep networks",
        question="Ten hidden layers. Look at the gradients: which first layer still hears the "
        "loss?",
        runs=_bench(
            {"name": "moons"},
            {**SGD, "max_epochs": 60, "n_seeds": 5, "record_gradients": True},
            *_activations((8,) * 10, "sigmoid", "tanh", "relu"),
        ),
    ),
    Experiment(
        page="activations",
        name="dying_relu",
        title="Dying ReLU",
        question="Steps that are too large push units where their slope is zero. Who comes back?",
        runs=_bench(
            {"name": "circles"},
            {"max_epochs": 60, "n_seeds": 10, "learning_rate": 0.3, "record_gradients": True},
            *_activations((16, 16), "relu", "leaky_relu", "elu"),
        ),
    ),
    Experiment(
        page="activations",
        name="xor",
        title="XOR with two units",
        question="Two hidden units draw two lines. How many of ten networks find the two best "
        "ones, and what would a third unit do?",
        runs=_bench(
            {"name": "xor"},
            {"max_epochs": 100, "n_seeds": 10, "learning_rate": 0.03, "record_gradients": True},
            *_activations((2,), "tanh", "relu", "sigmoid"),
        ),
    ),
    Experiment(
        page="activations",
        name="spiral",
        title="Spiral: tanh, ReLU, sigmoid",
        question="Two arms wound around each other: which activation unwinds them first?",
        runs=_bench(
            {"name": "spirals", "n_classes": 2},
            {"max_epochs": 60, "n_seeds": 5, "learning_rate": 0.01, "record_gradients": True},
            *_activations((16, 16), "tanh", "relu", "sigmoid"),
        ),
    ),
)

EXPERIMENTS: dict[str, Experiment] = {entry.name: entry for entry in _ENTRIES}

# What each page opens with.
DEFAULTS: dict[str, Experiment] = {
    EXPERIMENTS[name].page: EXPERIMENTS[name] for name in ("circle", "E4", "E8", "sine_fit")
}


def experiments_of(page: str) -> tuple[Experiment, ...]:
    """The experiments that a page offers."""
    return tuple(entry for entry in EXPERIMENTS.values() if entry.page == page)
