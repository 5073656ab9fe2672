"""A class with too few rows for a split: named with its count and with what to do."""

import pytest

from annlab.ui.services import Services
from annlab.ui.shell import PAGES
from annlab.ui.text.markdown import escape_markdown
from tests.ui.data.data_page import button, open_file, wait
from tests.ui.visitor import go_to, text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets


def _file(n_moved: int) -> bytes:
    """Rows of two classes, and a few of a third."""
    kinds = ["lived", "died"] * 20 + ["moved"] * n_moved
    rows = [f"{k * 7 % 11},{k * 5 % 13}.5,{kind}" for k, kind in enumerate(kinds)]
    return "\n".join(["age,temp,outcome", *rows]).encode()


def test_the_page_names_a_class_with_one_row(server: Services) -> None:
    note = (
        "Class “moved” of “outcome” has only one row. Training and test need rows of every class: "
        "add rows of this class to the file, or delete the row."
    )
    assert escape_markdown(note) in text_of(open_file(server, _file(1)).markdown)
    assert "only one row" not in text_of(open_file(server, _file(2)).markdown)


@pytest.mark.parametrize(
    ("n_moved", "splits", "said"),
    [
        (1, ("test",), "1 sample, and each of the 2"),
        (2, ("validation",), "2 samples, and each of the 3"),
    ],
)
def test_the_bench_names_a_class_with_too_few_rows_for_the_splits(
    n_moved: int, splits: tuple[str, ...], said: str, server: Services
) -> None:
    visitor = open_file(server, _file(n_moved))
    button(visitor, "Use in Multiclass").click()
    wait(visitor.run())
    page = PAGES["multiclass"]
    visitor.session_state[f"{page.bench}-more-data"] = True
    go_to(visitor, page.file)
    # The settings that come with the data allow their training.
    assert not visitor.error
    for split in splits:
        visitor.slider(key=f"{page.bench}-{split}").set_value(0.2).run()
    error = text_of(visitor.error)
    assert f"class “moved” has {said} splits needs one" in error
    assert "Leave its rows out, give them another class, or train without" in error
