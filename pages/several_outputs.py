"""How does one network predict several numbers, or several labels, at once?"""

from annlab.ui.shell import heading, page_setup

page_setup("several_outputs")
heading(
    "several_outputs",
    "The network has one output for each target, and all outputs share the hidden layers. With "
    "one input and two numbers to predict, the outputs draw a curve in the plane. With labels, "
    "each output is a probability of its own, $p_i = 1 / (1 + e^{-z_i})$: a sample may have "
    "several labels, or none, so the probabilities need not sum to 1.",
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench

bench(
    "several_outputs",
    default=DEFAULTS["several_outputs"],
    experiments=experiments_of("several_outputs"),
    tasks=("multioutput_regression", "multilabel"),
)
