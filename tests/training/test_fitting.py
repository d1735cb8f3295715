"""Models that are fitted: once, on the same faces, after their phases or without any."""

import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from facegan.data.batch import FaceBatch
from facegan.models.base import Model
from facegan.training.engine import InterruptedRunError
from facegan.training.settings import Hooks
from tests.tiny import ATTRIBUTES, states, tiny_engine


@pytest.mark.parametrize("model", ["dfi", "dfi_quickstart"])
def test_a_model_is_fitted_once_on_the_same_faces_whatever_the_batch_and_after_its_phases(
    model: str, tmp_path: Path
) -> None:
    engine = tiny_engine(model, tmp_path / "run", "trainer.batch_size=3")
    fit, seen = engine.model.fit, []

    def watched(draws: Mapping[str, Iterable[FaceBatch]]) -> None:
        batches = {name: list(faces) for name, faces in draws.items()}
        seen.append({name: [len(one) for one in each] for name, each in batches.items()})
        assert engine.progressed.clocks["images"] >= 64 * bool(engine.model.phases)
        fit(batches)

    engine.model.fit = watched  # type: ignore[method-assign]
    engine.fit()
    kinds = [f"{kind}_{name}" for name in ATTRIBUTES for kind in ("has", "lacks")]
    assert seen == [{kind: [3, 3, 2] for kind in kinds}]
    again = tiny_engine(model, tmp_path / "run", "trainer.batch_size=3")
    again.model.fit = watched  # type: ignore[method-assign]
    again.fit()
    assert len(seen) == 1
    other = tiny_engine("dfi", tmp_path / "other", "trainer.batch_size=5")
    other.fit()
    if model == "dfi":
        assert all(torch.equal(v, states(other)[k]) for k, v in states(engine).items())
        assert engine.progressed.clocks["images"] == 0


@pytest.mark.parametrize("model", ["dfi", "dfi_quickstart"])
def test_pictures_and_validation_wait_for_the_fit(model: str, tmp_path: Path) -> None:
    asked = []

    def validate(model: Model) -> dict[str, float]:
        asked.append(len(model.exemplars))  # type: ignore[arg-type]
        return {"score": 0.5}

    hooks = Hooks(validate=validate)
    engine = tiny_engine(model, tmp_path / "run", "trainer.validate_every=8", hooks=hooks)
    engine.fit()
    assert asked == [32]
    assert engine.best == 0.5
    assert (tmp_path / "run" / "best.safetensors").is_file()


def test_a_fit_that_is_interrupted_begins_anew_and_keeps_the_training(tmp_path: Path) -> None:
    engine = tiny_engine("dfi_quickstart", tmp_path / "run")
    draw = engine.sampler.batch

    def interrupted(stream: str, *rest: Any) -> FaceBatch:
        if stream == "fit/lacks_Smiling":
            signal.raise_signal(signal.SIGTERM)
        return draw(stream, *rest)

    engine.sampler.batch = interrupted  # type: ignore[method-assign]
    with pytest.raises(InterruptedRunError):
        engine.fit()
    rest = tiny_engine("dfi_quickstart", tmp_path / "run")
    assert rest.progressed.clocks["images"] == 64
    assert not rest.fitted
    rest.fit()
    whole = tiny_engine("dfi_quickstart", tmp_path / "whole")
    whole.fit()
    assert all(torch.equal(v, states(whole)[k]) for k, v in states(rest).items())
