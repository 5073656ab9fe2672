"""What a network is made of: activations, losses, tasks, shapes; NumPy, no torch."""
