"""The page on the first neuron: gates by hand, the perceptron rule, four machines."""
