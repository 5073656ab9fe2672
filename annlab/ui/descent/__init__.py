"""Page on gradient descent: losses with two parameters, and the loss around a run's weights."""
