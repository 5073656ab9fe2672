"""Several: a setting of several names, in an order and with a usual value of its own."""

from types import SimpleNamespace

import pytest

from annlab.several import Several

KIND = Several(
    {name: SimpleNamespace(label=name.upper()) for name in ("a", "b", "c")},
    offered=lambda values: ("a", "b"),
    usual=(("a",),),
)


def test_names_have_one_order_and_stand_once() -> None:
    assert KIND.check(("c", "a", "c")) == ("a", "c")


def test_the_usual_names_of_a_control_mean_none() -> None:
    assert KIND.chosen(["a"]) == KIND.chosen(()) == ()
    assert KIND.chosen(["b", "a"]) == ("a", "b")
    # A config or a link may name those of other data.
    assert KIND.check(["a"]) == ("a",)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="must be of a, b, c; got 'd'"):
        KIND.check(("a", "d"))


def test_names_are_displayed_by_their_labels() -> None:
    assert KIND.format(("a", "c")) == "A, C"
    assert KIND.format(()) == "as they are"
