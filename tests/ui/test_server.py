"""What all sessions of a server share."""

from threadpoolctl import threadpool_info

from tests.ui.visitor import LOGISTIC, visit


def test_pages_compute_on_one_thread() -> None:
    visit(LOGISTIC)
    (numpy_s,) = [pool for pool in threadpool_info() if "numpy" in pool["filepath"]]
    assert numpy_s["user_api"] == "blas"
    assert numpy_s["num_threads"] == 1
