"""Server without runs for tests of one's own data."""

from collections.abc import Iterator

import pytest

from annlab.ui.services import Services
from tests.ui.visitor import serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    with serving(url) as made:
        yield made
