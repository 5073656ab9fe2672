"""What can a single neuron decide?"""

from annlab.ui.shell import heading, page_setup

page_setup("perceptron")
heading(
    "perceptron",
    r"A threshold unit adds up its weighted inputs and a bias, $w_1 x_1 + w_2 x_2 + b$, and fires "
    "if the sum is at least 0. Set its weights by hand, let the perceptron rule find them, and see "
    "which tasks one line can solve and which need hidden units.",
)

from annlab.ui.perceptron.page import perceptron

perceptron()
