"""What does a network predict between the samples, and where there are none?"""

from annlab.ui.shell import heading, page_setup

page_setup("regression")
heading(
    "regression",
    "The output is a number, not a class. Linear regression fits a straight line to the samples; "
    "an MLP can bend to follow them. What does each model predict beyond the samples, where nobody "
    "has measured anything? The band shows the range over all networks: where it widens, they "
    "disagree.",
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench

bench(
    "regression",
    default=DEFAULTS["regression"],
    experiments=experiments_of("regression"),
    tasks=("regression",),
)
