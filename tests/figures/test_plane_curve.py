"""Choice of the other networks beside a curve in the plane."""

import numpy as np

from annlab.figures.plane_curve import MAX_NETWORKS, other_networks


def test_other_networks_leave_out_the_drawn_and_the_diverged() -> None:
    assert other_networks(1, 0).tolist() == []
    assert other_networks(4, 1).tolist() == [0, 2, 3]
    counted = np.array([True, True, False, True])
    assert other_networks(4, 1, counted).tolist() == [0, 3]
    many = other_networks(100, 40)
    assert len(many) == MAX_NETWORKS - 1
    assert 40 not in many
