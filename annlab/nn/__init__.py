"""Parts of a network in NumPy: activations, losses, optimizers, tasks, shapes."""
