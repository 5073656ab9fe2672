"""Range test of a model on its page."""

import pytest

from annlab.search.range_test import RangeTestConfig
from annlab.search.run_range_test import from_bytes
from annlab.ui.services import Services
from tests.store.runs import same
from tests.ui.visitor import LOGISTIC, QUICK, charts, open_tab, results, settings, text_of, wait_for

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_it_never_touches_a_run(idle: Services) -> None:
    visitor = results(LOGISTIC, idle, **QUICK, validation="0.2", **{"b.hidden": "3"})
    configs = settings(visitor)
    runs = [idle.repository.run(config) for config in configs]
    listed, n_started = idle.repository.runs(), idle.queue.n_started
    open_tab(visitor, "logistic", "Range test")
    visitor.button(key="range-test-start-0").click().run()
    request = RangeTestConfig.of(configs[0])
    wait_for(lambda: idle.computations.find("range_test", request) is not None)
    visitor.run()
    assert not visitor.exception
    assert "range-test-0" in charts(visitor)
    assert "Nothing here touches a run." in text_of(visitor.caption)
    _, trials = from_bytes(idle.computations.find("range_test", request) or b"")
    assert any(trial.rate != configs[0].training.learning_rate for trial in trials.values())
    # Read from the store, and not from memory.
    stored = [idle.repository.store.load(config.digest) for config in configs]
    for before, after in zip(runs, stored, strict=True):
        assert before is not None
        assert same(after, before)
    assert idle.repository.runs() == listed
    assert idle.queue.n_started == n_started
    assert settings(visitor) == configs
