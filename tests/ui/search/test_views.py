"""Rows of the table: the best, and the chosen config in sight."""

import pytest

from annlab.ui.search.views import N_BEST, N_IN_SIGHT, _shown

ORDER = list(range(100, 150))


@pytest.mark.parametrize(
    ("row", "on_top", "expected"),
    [
        (100, None, ORDER[:N_BEST]),
        # Chosen in a picture: one in sight stays in its place, any other comes first.
        (103, 103, ORDER[:N_BEST]),
        (100 + N_IN_SIGHT, 100 + N_IN_SIGHT, None),
        (149, 149, [149, *ORDER[:N_BEST]]),
        # Chosen in the table: nothing moves.
        (115, None, ORDER[:N_BEST]),
        (115, 149, [149, *ORDER[:N_BEST]]),
        (149, None, [*ORDER[:N_BEST], 149]),
        # A row of another search.
        (100, 7, ORDER[:N_BEST]),
    ],
)
def test_chosen_config_is_in_the_table(
    row: int, on_top: int | None, expected: list[int] | None
) -> None:
    shown = _shown(ORDER, row, on_top, N_BEST)
    if expected is None:
        expected = [row, *(k for k in ORDER[:N_BEST] if k != row)]
    assert shown == expected
    assert row in shown
    assert len(set(shown)) == len(shown)


def test_all_rows_are_shown_on_demand() -> None:
    assert _shown(ORDER, 149, None, None) == ORDER
