"""The loop: who moves, what is saved, what stops it."""

import json
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from PIL import Image

from facegan.data.errors import DataError
from facegan.errors import UserError
from facegan.models.base import Model, Play
from facegan.models.phases import Burst, Phase
from facegan.training.ema import EMA
from facegan.training.engine import Engine, InterruptedRunError
from facegan.training.meter import TrainingBrokeError
from facegan.training.run_folder import read_lines
from facegan.training.settings import Hooks
from tests.tiny import SMALL, states, tiny_engine

# One of each way to play: phases that go on from another's, codes drawn at random, penalties, clips, a fit at the end.
IN_HALVES = (
    "genegan_practised",
    "fader",
    "vaegan_quickstart",
    "attgan_quickstart",
    "stargan_quickstart",
    "sparse_coding_quickstart",
)


def changed(before: dict[str, torch.Tensor], engine: Engine, *, parameters: bool) -> set[str]:
    names = {name for name, _ in engine.model.named_parameters()} if parameters else set(before)
    after = engine.model.state_dict()
    return {name.split(".")[0] for name in names if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("model", SMALL)
def test_a_phase_moves_every_part_that_it_trains_and_no_other(model: str, tmp_path: Path) -> None:
    engine = tiny_engine(model, tmp_path / "run")
    engine.progressed.clocks["autoencoder"] = 1  # past the zero weight with which Fader's adversary begins
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        assert changed(before, engine, parameters=True) == set(phase.trains), phase.name


@pytest.mark.parametrize("model", SMALL)
def test_every_parameter_of_a_trained_part_gets_a_gradient(model: str, tmp_path: Path) -> None:
    engine = tiny_engine(model, tmp_path / "run")
    engine.progressed.clocks["autoencoder"] = 1
    for phase in engine.model.phases:
        engine.play(phase)
        assert all(p.grad is not None for p in engine.optimisation.parameters(phase.trains)), phase.name
        held = [p for n, part in engine.model.parts.items() if n not in phase.trains for p in part.parameters()]
        engine.optimisation.zero(phase.trains)
        assert all(p.grad is None for p in held), phase.name


@pytest.mark.parametrize("model", SMALL)
def test_parts_in_eval_mode_keep_their_running_statistics(model: str, tmp_path: Path) -> None:
    engine = tiny_engine(model, tmp_path / "run")
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        assert not changed(before, engine, parameters=False) & set(phase.evals), phase.name


def test_phases_come_round_as_their_data_says() -> None:
    burst = Phase(name="critic", trains=(), terms=(), repeat=Burst(usual=1, burst=100, each=500))
    assert [burst.plays(r) for r in (0, 1, 499, 500, 501)] == [100, 1, 1, 100, 1]
    late = Phase(name="late", trains=(), terms=(), every=3, start=2, stop=9)
    assert [r for r in range(12) if late.plays(r)] == [2, 5, 8]


def test_genegan_plays_119800_critic_steps_in_its_100000_rounds() -> None:
    rule = Burst(usual=1, burst=100, each=500)
    assert sum(rule(r) for r in range(100_000)) == 119_800


def test_the_image_clock_counts_all_draws_of_all_phases(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.images=64")
    engine.fit()
    assert engine.progressed.clocks == {
        "images": 64,
        "rounds": 4,
        "critic": 4,
        "generator": 4,
    }  # 2 phases x 2 draws x 4


def test_looking_and_saving_leave_no_trace_in_the_run(tmp_path: Path) -> None:
    plain = tiny_engine("fader", tmp_path / "plain")
    plain.fit()
    hooks = Hooks(picture=_picture, validate=_validate)
    extra = (
        "trainer.picture_every=1",
        "trainer.validate_every=1",
        "trainer.checkpoint_seconds=0",
        "trainer.log_every=1",
    )
    looked = tiny_engine("fader", tmp_path / "looked", *extra, hooks=hooks)
    looked.fit()
    assert all(torch.equal(v, states(looked)[k]) for k, v in states(plain).items())
    assert list((tmp_path / "looked" / "samples").glob("*.png"))


def _picture(model: Model) -> Image.Image:
    torch.rand(3)
    model.reconstruct(torch.zeros(2, 3, 16, 16), torch.zeros(2, 2))  # type: ignore[operator]
    return Image.new("RGB", (4, 4))


def _validate(model: Model) -> dict[str, float]:
    return {"score": float(torch.rand(()))}


def test_the_best_checkpoint_is_the_one_with_the_best_score(tmp_path: Path) -> None:
    scores = iter([0.1, 0.9, 0.3, 0.2, 0.2, 0.2])
    hooks = Hooks(validate=lambda model: {"score": next(scores)})
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.validate_every=16", hooks=hooks)
    engine.fit()
    assert engine.best == 0.9
    assert (tmp_path / "run" / "best.safetensors").is_file()


def test_a_term_that_breaks_is_named_and_the_good_checkpoint_stays(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.log_every=1", "trainer.images=400")
    engine.save()
    good = (tmp_path / "run" / "last.safetensors").read_bytes()
    engine.model.nulling = lambda code: code.mean() * float("nan")
    with pytest.raises(TrainingBrokeError, match=r"generator\.nulling .*round 0"):
        engine.fit()
    assert (tmp_path / "run" / "last.safetensors").read_bytes() == good


def test_an_explosion_counts_as_broken(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.limit=1e-3")
    with pytest.raises(TrainingBrokeError):
        engine.fit()


def test_a_signal_ends_the_run_with_a_checkpoint(tmp_path: Path) -> None:
    hooks = Hooks(validate=lambda model: signal.raise_signal(signal.SIGTERM) or {"score": 0.0})
    engine = tiny_engine(
        "genegan_quickstart", tmp_path / "run", "trainer.validate_every=1", "trainer.images=999", hooks=hooks
    )
    with pytest.raises(InterruptedRunError):
        engine.fit()
    assert (
        tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.validate_every=1").progressed.clocks["images"]
        == 16
    )


@pytest.mark.parametrize(
    ("model", "precision"), [*((model, "32-true") for model in SMALL), *((model, "bf16-mixed") for model in IN_HALVES)]
)
def test_resume_is_exact(model: str, precision: str, tmp_path: Path) -> None:
    options = (f"trainer.precision={precision}", "trainer.log_every=20", "trainer.ema_decay=0.9")
    whole = tiny_engine(model, tmp_path / "whole", *options, "trainer.images=72")
    whole.fit()
    tiny_engine(model, tmp_path / "parts", *options, "trainer.images=24").fit()
    rest = tiny_engine(model, tmp_path / "parts", *options, "trainer.images=72")
    rest.fit()
    assert all(torch.equal(v, states(rest)[k]) for k, v in states(whole).items())
    if whole.ema:  # a model without phases has nothing to average
        assert all(torch.equal(v, rest.ema.shadow[k]) for k, v in whole.ema.shadow.items())
    last = [list(read_lines(tmp_path / run / "metrics.jsonl"))[-1:] for run in ("parts", "whole")]
    assert last[0] == last[1]
    assert bool(last[0]) == (model != "bicubic")  # which learns nothing, and so has nothing to tell


def test_lines_written_after_the_checkpoint_are_cut_on_resume(tmp_path: Path) -> None:
    tiny_engine("genegan_quickstart", tmp_path / "run").fit()
    metrics = tmp_path / "run" / "metrics.jsonl"
    whole = metrics.read_text()
    metrics.write_text(whole + json.dumps({"images": 999}) + "\n")
    tiny_engine("genegan_quickstart", tmp_path / "run")
    assert metrics.read_text() == whole


def test_another_config_is_not_mixed_into_a_run(tmp_path: Path) -> None:
    tiny_engine("genegan_quickstart", tmp_path / "run").fit()
    with pytest.raises(UserError, match=r"optimizer\.lr: 0\.002 -> 0\.1"):
        tiny_engine("genegan_quickstart", tmp_path / "run", "optimizer.lr=0.1")
    with pytest.raises(UserError, match="resume=never"):
        tiny_engine("genegan_quickstart", tmp_path / "run", "resume=never")


def test_a_run_that_never_got_to_a_checkpoint_takes_another_config(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        tiny_engine("genegan_quickstart", tmp_path / "run", f"init_from.run={tmp_path / 'nowhere'}")
    assert tiny_engine("genegan_quickstart", tmp_path / "run", "optimizer.lr=0.1").progressed.clocks["rounds"] == 0


def test_a_history_that_lost_lines_is_not_filled_up(tmp_path: Path) -> None:
    tiny_engine("genegan_quickstart", tmp_path / "run").fit()
    (tmp_path / "run" / "metrics.jsonl").write_text("")
    with pytest.raises(UserError, match=r"metrics\.jsonl is missing or shorter"):
        tiny_engine("genegan_quickstart", tmp_path / "run")


def test_a_face_that_no_data_set_has_is_missed_before_the_first_round(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no face"):
        tiny_engine("vaegan_quickstart", tmp_path / "run", size=1)


def test_accumulation_sees_twice_the_faces_per_step(tmp_path: Path) -> None:
    engine = tiny_engine("fader", tmp_path / "run", "trainer.accumulate=2", "trainer.images=32")
    engine.fit()
    assert engine.progressed.clocks["autoencoder"] == 2


def test_parts_are_copied_from_another_run(tmp_path: Path) -> None:
    first = tiny_engine("genegan_quickstart", tmp_path / "first")
    first.fit()
    wish = (f"init_from.run={tmp_path / 'first'}", "init_from.parts=[splitter]", "seed=3")
    second = states(tiny_engine("genegan_quickstart", tmp_path / "second", *wish))
    assert first.ema
    for name, value in first.ema.shadow.items():
        if name.startswith("splitter"):
            assert torch.equal(value, second[name]), "the averaged weights, as every other reader of a run takes them"
    assert not torch.equal(second["joiner.ups.0.weight"], states(first)["joiner.ups.0.weight"])
    with pytest.raises(UserError, match="part 'nose'"):
        tiny_engine("genegan_quickstart", tmp_path / "third", wish[0], "init_from.parts=[nose]")


def test_ema_averages_parameters_and_copies_buffers(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.ema_decay=0.5", "trainer.images=16")
    engine.progressed.clocks["rounds"] = 100  # past the first rounds, in which it keeps less
    before = states(engine)
    engine.fit()
    after = states(engine)
    name = next(k for k in after if k.startswith("splitter") and k.endswith("weight"))
    assert torch.allclose(engine.ema.shadow[name], (before[name] + after[name]) / 2)
    for key, value in engine.ema.shadow.items():
        if "running" in key:
            assert torch.equal(value, after[key])


class Reusing:
    """Two phases on one forward: the second may walk the kept graph only where its way was not stepped."""

    def __init__(self, engine: Engine, *, steps_way: bool) -> None:
        first = Phase(
            name="first", trains=("splitter",) if steps_way else ("critic_has",), terms=("a",),
            draws=engine.model.phases[0].draws, keeps={"fake": ("splitter",)},
        )  # fmt: skip
        second = Phase(name="second", trains=("splitter",), terms=("b",), reuse="first")
        engine.model.phases = (first, second)
        engine.model.weights = {"first": {"a": 1.0}, "second": {"b": 1.0}}
        engine.meter.__init__(phases={"first": ("a",), "second": ("b",)}, limit=1e9, device=torch.device("cpu"))  # type: ignore[misc]
        engine.progressed.clocks |= {"first": 0, "second": 0}
        self.seen: list[torch.Tensor] = []
        self.faces: list[torch.Tensor] = []
        model = engine.model

        def first_losses(has: object, lacks: object) -> Play:
            fake = model.encode.__wrapped__(model, has.images)  # type: ignore[attr-defined]
            self.faces.append(has.index)  # type: ignore[attr-defined]
            return Play({"a": fake.mean() + model.critic_has(has.images).logits.mean()}, {"fake": fake})  # type: ignore[attr-defined]

        def second_losses(has: object, lacks: object, fake: torch.Tensor) -> dict[str, torch.Tensor]:
            self.seen.append(fake)
            self.faces.append(has.index)  # type: ignore[attr-defined]
            return {"b": (fake if fake.requires_grad else model.encode.__wrapped__(model, has.images)).square().mean()}  # type: ignore[attr-defined]

        model.first_losses, model.second_losses = first_losses, second_losses  # type: ignore[assignment]


def test_a_run_without_a_score_has_no_best_checkpoint(tmp_path: Path) -> None:
    hooks = Hooks(validate=lambda model: {})
    tiny_engine("infogan", tmp_path / "run", "trainer.validate_every=16", hooks=hooks).fit()
    assert not (tmp_path / "run" / "best.safetensors").exists()
    assert (tmp_path / "run" / "last.safetensors").is_file()


@pytest.mark.parametrize("steps_way", [False, True])
def test_a_kept_graph_is_walked_only_while_its_way_was_not_stepped(steps_way: bool, tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run")
    watch = Reusing(engine, steps_way=steps_way)
    for phase in engine.model.phases:
        engine.play(phase)
    assert torch.equal(*watch.faces), "the reusing phase takes the same faces"
    assert watch.seen[0].requires_grad is not steps_way


def test_each_accumulated_play_reuses_the_faces_of_its_own(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", "trainer.accumulate=3")
    watch = Reusing(engine, steps_way=False)
    for phase in engine.model.phases:
        engine.play(phase)
    first, second = watch.faces[:3], watch.faces[3:]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(first[0], first[2])


@pytest.mark.parametrize(
    ("settings", "fits"),
    [({}, True), ({"every": 2}, False), ({"start": 5}, False), ({"stop": 9}, False), ({"repeat": 0}, False)],
)
def test_a_phase_reuses_only_what_was_played_before_it(settings: dict[str, int], fits: bool, tmp_path: Path) -> None:
    model = tiny_engine("genegan_quickstart", tmp_path / "run").model
    source = Phase(name="critic", trains=("splitter",), terms=("a",), **settings)  # type: ignore[arg-type]
    heir = Phase(name="generator", trains=("joiner",), terms=("b",), reuse="critic")
    model.phases, model.weights = (source, heir), {"critic": {"a": 1.0}, "generator": {"b": 1.0}}
    with nullcontext() if fits else pytest.raises(UserError, match="'generator' reuses the faces of 'critic'"):
        model.check()
    model.phases = (heir, source)
    with pytest.raises(UserError, match="earlier phase"):
        model.check()


def test_faces_are_reused_without_a_kept_graph_for_which_nothing_asks_for_gradients(tmp_path: Path) -> None:
    engine = tiny_engine("residual_images", tmp_path / "run")
    critic, generator = engine.model.phases
    engine.play(critic)
    assert not any(p.requires_grad for p in engine.model.put_on.parameters()), "no heir walks back through it"
    drawn = engine.progressed.clocks["images"]
    engine.play(generator)
    assert engine.progressed.clocks["images"] == drawn


def test_the_first_rounds_hardly_count_in_an_average(tmp_path: Path) -> None:
    part = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(part.weight, 0.0)
    ema = EMA({"part": part}, decay=0.999)
    torch.nn.init.constant_(part.weight, 1.0)
    for round_ in range(50):
        ema.update(round_)
    assert ema.shadow["part.weight"].item() > 0.99
