"""Which way is downhill, and how large should a step be?"""

from annlab.ui.shell import heading, page_setup

page_setup("gradient_descent")
heading(
    "gradient_descent",
    "A model with one weight and one bias has a loss that a picture shows whole. Drag the start, "
    "move a learning rate, and watch every step of several optimizers at once: which zigzags, "
    "which overshoots, which arrives? Below, look at the loss around the weights of your own "
    "networks.",
)

from annlab.ui.descent.page import descent

descent()
