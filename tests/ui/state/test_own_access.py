"""Own data of other browsers: pages reach data sets through one function, which asks first."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.datasets.own import tables
from annlab.ui import services as services_module
from annlab.ui.state import own_access
from annlab.ui.state.own_access import NOT_LOADED, load_if_ready, load_run, may_see, retitled
from tests.store.own import make_table

UI = Path(services_module.__file__).parent
TABLE = make_table()
OWN = RunConfig(
    dataset=DatasetConfig(own=TABLE.own),
    model=ModelConfig(hidden_sizes=()),
    training=TrainingConfig(max_epochs=2),
)


def test_no_other_module_of_the_ui_loads_data_sets() -> None:
    found = {
        str(path.relative_to(UI))
        for path in UI.rglob("*.py")
        for text in [path.read_text()]
        if re.search(r"datasets\.load(_if_ready)?\(|own_data\.may_see\(", text)
    }
    # A drawing starts from built-in data alone.
    assert found == {"state/own_access.py", "data/drawing.py"}


class _Server:
    """Services in which nobody may see own data, or everybody."""

    def __init__(self, run: Run | None, *, may_see: bool) -> None:
        self.own_data = self.datasets = self.repository = self
        self.may_see = lambda owner, own: may_see
        self.load = lambda digest: run
        self.asked: list[DatasetConfig | RunConfig] = []

    def load_if_ready(self, config: DatasetConfig | RunConfig) -> None:
        self.asked.append(config)


@pytest.fixture
def own_run(trained: Callable[[RunConfig], Run]) -> Run:
    tables.provide(TABLE)
    return trained(OWN)


def test_nothing_is_loaded_without_permission(
    own_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _Server(own_run, may_see=False)
    monkeypatch.setattr(own_access, "services", lambda: server)
    assert may_see(DatasetConfig())
    assert not may_see(DatasetConfig(), OWN)
    assert load_run(OWN) is None
    with pytest.raises(ValueError, match=NOT_LOADED):
        load_if_ready(OWN)
    assert not server.asked


def test_a_run_has_the_title_that_the_reader_knows(
    own_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _Server(own_run, may_see=True)
    monkeypatch.setattr(own_access, "services", lambda: server)
    mine = retitled(OWN, "plants.csv")
    assert mine.digest == OWN.digest
    found = load_run(mine)
    assert found is not None
    assert found.config == mine
    assert found.fingerprint == own_run.fingerprint
    load_if_ready(mine)
    load_if_ready(mine.dataset)
    assert server.asked == [retitled(OWN, ""), retitled(OWN.dataset, "")]
