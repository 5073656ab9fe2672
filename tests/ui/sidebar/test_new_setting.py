"""A setting with a single registry entry works in links, tables, exports and controls."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic.fields import FieldInfo

from annlab import RunConfig, TrainingConfig
from annlab.config import settings
from annlab.config.differences import differences
from annlab.config.links import read_bench, read_comparison, write_bench, write_comparison
from annlab.config.settings import SETTINGS
from annlab.exports.settings_table import settings_of
from annlab.setting_type import Number, Setting, later_defaults
from annlab.ui.compare.run_rows import all_settings_text
from annlab.ui.services import Services
from annlab.ui.state.setting_values import usual_values
from annlab.ui.text.settings_text import non_default_settings, setting_changes
from annlab.validation import Range
from tests.ui.visitor import address, open_logistic, settle, text_of, unfold

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

CLIPPING = Setting(
    "largest",
    "Weight clipping",
    Number(Range(0.0, 10.0), example="1"),
    "Limits every weight to this size (0 = never).",
    scope="model",
    advanced=True,
    is_later=True,
)
BEFORE = RunConfig().digest, RunConfig().data_digest


@pytest.fixture
def clipping() -> Iterator[None]:
    """Add a field to TrainingConfig and its entry to SETTINGS."""
    fields = TrainingConfig.__pydantic_fields__
    annotation: Any = Annotated[float, CLIPPING]
    fields["weight_clipping"] = FieldInfo.from_annotated_attribute(annotation, 0.0)
    TrainingConfig.model_rebuild(force=True)
    RunConfig.model_rebuild(force=True)
    SETTINGS["largest"] = settings.collect()["largest"]
    # Configs created before the fixture lack the field, so give the class a default.
    later_defaults.cache_clear()
    usual_values.cache_clear()
    type.__setattr__(TrainingConfig, "weight_clipping", 0.0)
    yield
    type.__delattr__(TrainingConfig, "weight_clipping")
    del fields["weight_clipping"], SETTINGS["largest"]
    later_defaults.cache_clear()
    usual_values.cache_clear()
    TrainingConfig.model_rebuild(force=True)
    RunConfig.model_rebuild(force=True)


def _run(value: float) -> RunConfig:
    return RunConfig.model_validate({"training": {"weight_clipping": value}})


@pytest.mark.usefixtures("clipping")
def test_new_setting_is_linked_compared_and_exported() -> None:
    runs = (_run(0.0), _run(2.5))
    assert RunConfig.from_url(runs[1].to_url()) == runs[1]
    assert read_bench(write_bench(runs), (RunConfig(), RunConfig())) == (runs, [])
    assert read_comparison(write_comparison(runs)) == (runs, [])
    (found,) = differences(runs)
    assert (found.setting.label, found.values) == ("Weight clipping", (0.0, 2.5))
    assert settings_of(runs[1])["Weight clipping"] == 2.5
    assert "Weight clipping 2.5" in all_settings_text(runs[1])
    assert non_default_settings(runs[1], [RunConfig()]) == "weight clipping 2.5"
    assert setting_changes(*runs) == ["weight clipping 0 → 2.5"]


@pytest.mark.usefixtures("clipping")
def test_results_that_were_stored_before_it_came_are_found() -> None:
    assert (_run(0.0).digest, _run(0.0).data_digest) == BEFORE
    assert len({_run(0.0).digest, _run(1.0).digest, _run(2.5).digest}) == 3


@pytest.mark.usefixtures("clipping")
def test_a_wrong_value_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="must be between 0 and 10, got 11"):
        _run(11)


@pytest.mark.usefixtures("clipping", "idle")
def test_new_setting_has_a_control_with_help_and_limits(server: Services) -> None:
    visitor = settle(unfold(open_logistic(), "model"), server)
    control = visitor.text_input(key="logistic-b-largest")
    assert (control.label, control.value) == ("Weight clipping, B", "0")
    (row,) = (block for block in visitor.markdown if "Weight clipping" in block.value)
    assert row.proto.help == CLIPPING.help
    control.set_value("2,5").run()
    assert not visitor.exception
    assert address(visitor)["b.largest"] == "2.5"
    assert "weight clipping 0 → 2.5" in text_of(visitor.info)
    visitor.text_input(key="logistic-b-largest").set_value("12").run()
    assert "Write a number from 0 to 10" in text_of(visitor.error)
