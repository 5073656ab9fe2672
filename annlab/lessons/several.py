"""annlab's own experiments about several outputs: a curve in the plane, and several labels."""

from annlab.lessons.experiment import Claim, Experiment, bench_runs

SEVERAL = (
    Experiment(
        page="several_outputs",
        name="figure_eight",
        title="Draw an eight",
        question="From a time t, each network predicts a point (u, v). Both outputs of B share two "
        "hidden layers; A has none. Which curve can A draw as t goes on, and which can B? Move the "
        "film, and watch the loops open.",
        runs=bench_runs(
            {"name": "plane_curve", "test_fraction": 0.2, "validation_fraction": 0.2},
            {"max_epochs": 800, "n_seeds": 10, "learning_rate": 0.01},
            {"hidden_sizes": (), "activation": "tanh"},
            {"hidden_sizes": (16, 16), "activation": "tanh"},
        ),
        claims=(Claim(1, 0, "mse", "test", by=0.2, in_networks=10),),
        default=True,
    ),
    Experiment(
        page="several_outputs",
        name="three_labels",
        title="Three yes-or-no questions",
        question="A sample can have several labels, or none. A asks each question with a straight "
        "line; in B, three outputs share a hidden layer. Which label gains most from the bent "
        "boundaries (Report), and how often is a model right about all three at once?",
        runs=bench_runs(
            {
                "name": "labels",
                "test_fraction": 0.2,
                "validation_fraction": 0.2,
                "scaling": "standard",
            },
            {"max_epochs": 100, "n_seeds": 10, "learning_rate": 0.01},
            {"hidden_sizes": (), "activation": "tanh"},
            {"hidden_sizes": (8,), "activation": "tanh"},
        ),
        claims=(Claim(1, 0, "label_accuracy", "test", by=0.03, in_networks=9),),
    ),
)
