"""What can hidden units do that a straight line cannot?"""

from annlab.ui.shell import heading, page_setup

page_setup("logistic_vs_mlp")
heading(
    "logistic_vs_mlp",
    r"Logistic regression, $p = \sigma(w \cdot x + b)$, can only divide the plane with a straight "
    "line. A multilayer perceptron (MLP) can bend the boundary with its hidden units. When does "
    "that help, and when is a line enough? Change one setting on the left, press Train, and "
    "watch both models learn from the same data.",
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench

bench(
    "logistic_vs_mlp",
    default=DEFAULTS["logistic_vs_mlp"],
    experiments=experiments_of("logistic_vs_mlp"),
    tasks=("binary",),
)
