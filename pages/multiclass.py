"""How does a network tell more than two classes apart?"""

from annlab.ui.shell import heading, page_setup

page_setup("multiclass")
heading(
    "multiclass",
    r"There is one output for each class, and softmax, $p_i = e^{z_i} / \sum_j e^{z_j}$, "
    "turns the outputs into probabilities. Softmax regression divides the plane with straight "
    "lines; an MLP can bend them. How confident is the network when it is wrong? Click a cell of "
    "a confusion matrix to see its samples.",
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench

bench(
    "multiclass",
    default=DEFAULTS["multiclass"],
    experiments=experiments_of("multiclass"),
    tasks=("multiclass",),
)
