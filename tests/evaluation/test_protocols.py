"""Protocols: editors whose worth is known land where they should, and being measured changes nothing in a model."""

from functools import cache

import pytest
import torch
from torch import Tensor

from facegan.data.twinfaces import TwinFaces
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.cost import COSTS
from facegan.evaluation.protocols import PROTOCOLS, Outcome, check_edits, protocol_for, run_protocol
from facegan.evaluation.settings import Settings
from facegan.models.base import Model, verb
from tests.data.faces import Numbered
from tests.evaluation.editors import SIZE, Change, Editor, Transferer, knowing_twins, untrained_judge

FACES = 8
SETTINGS = Settings(faces=FACES, seed=77, line_faces=5, styles=4, chunk=4, rows=2)


def measured(model: Model) -> Outcome:
    protocol = PROTOCOLS["twinfaces"]
    source = protocol.splits(lambda split: Numbered(), SIZE)("test")
    return run_protocol(protocol, model, source, untrained_judge(), SETTINGS)


def figure(outcome: Outcome, measure: str, direction: str, line: str = "model") -> float:
    (found,) = (f for f in outcome.figures if (f.measure, f.direction, f.line) == (measure, direction, line))
    return found.value


@cache
def twins() -> Change:
    """The perfect editor of these settings' faces."""
    return knowing_twins(FACES, 77)


@cache
def known(name: str) -> Outcome:
    """An editor that does the same to each face, whatever it is asked."""
    perfect = twins()
    changes: dict[str, Change] = {
        "nothing": lambda images: images,
        "perfect": perfect,
        "half": lambda images: 0.5 * images + 0.5 * perfect(images),
        "blur": lambda images: torch.nn.functional.avg_pool2d(images, 5, 1, 2),
        "background": lambda images: torch.cat([images[:, :, :2] * 0 + 1, images[:, :, 2:]], dim=2),
    }
    return measured(Transferer(changes[name]))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_doing_nothing_is_exactly_one_and_perfect_exactly_zero(direction: str) -> None:
    assert figure(known("nothing"), "twin_error", direction) == 1.0
    assert figure(known("perfect"), "twin_error", direction) == 0.0
    assert figure(known("half"), "twin_error", direction) == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_outside_hears_of_blur_and_background_alone(direction: str) -> None:
    still = [figure(known(name), "outside_edit", direction) for name in ("nothing", "perfect", "half")]
    assert max(still) < 1e-7
    assert figure(known("blur"), "outside_edit", direction) > 0.005
    assert figure(known("background"), "outside_edit", direction) > 0.01
    assert figure(known("background"), "twin_error", direction) == 1.0


def test_reconstruction_and_edit_are_told_apart_outside() -> None:
    dark: Change = lambda images: images - 0.2  # noqa: E731
    outcome = measured(Transferer(dark, again=dark))
    assert figure(outcome, "outside_edit", "adding") == 0.0
    assert figure(outcome, "outside_reconstruction", "adding") == pytest.approx(0.1, abs=0.005)
    assert figure(outcome, "psnr", "adding") == pytest.approx(20.0, abs=0.3)


def test_directions_are_never_one_number() -> None:
    """An editor that answers only faces that wear glasses."""

    class Remover(Transferer):
        def transfer(self, images: Tensor, exemplars: Tensor, attribute: str) -> Tensor:
            return images

    outcome = measured(Remover(twins()))
    assert figure(outcome, "twin_error", "adding") == 1.0
    assert figure(outcome, "twin_error", "removing") == 0.0


def test_the_reference_lines_stand_beside_every_twin_error() -> None:
    outcome = known("half")
    for direction in DIRECTIONS:
        lines = {f.line: f for f in outcome.figures if (f.measure, f.direction) == ("twin_error", direction)}
        assert set(lines) == {"model", "nothing", "random", "floor", "median"}
        assert lines["nothing"].value == 1.0
        assert lines["floor"].value == 0.0  # this editor reconstructs without loss
        assert (lines["model"].count, lines["median"].count) == (FACES, FACES)  # two chunks begin within line_faces
    assert figure(outcome, "twin_error", "removing", "median") == 0.0  # bare eyes have one style
    assert 0 < figure(outcome, "twin_error", "adding", "median") < figure(outcome, "twin_error", "adding", "random") + 1


def test_models_that_choose_a_style_are_measured_apart() -> None:
    outcome = measured(Editor(lambda images: images))
    assert figure(outcome, "nearest_style_error", "adding") == 1.0
    assert figure(outcome, "twin_error", "removing") == 1.0
    assert not [f for f in outcome.figures if (f.measure, f.direction) == ("twin_error", "adding")]
    assert not [f for f in outcome.figures if (f.measure, f.direction) == ("nearest_style_error", "removing")]
    assert figure(outcome, "nearest_style_error", "adding", "random") < 1.0


def test_measuring_leaves_the_model_and_the_random_numbers_alone() -> None:
    model = Transferer(lambda images: images)
    model.part[1].eval()
    modes = [module.training for module in model.modules()]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    before = torch.get_rng_state()
    measured(model)
    assert torch.get_rng_state().equal(before)
    assert [module.training for module in model.modules()] == modes
    assert all(value.equal(state[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_same_numbers_twice_whatever_the_chunks() -> None:
    again = run_protocol(
        PROTOCOLS["twinfaces"], Transferer(lambda images: torch.nn.functional.avg_pool2d(images, 5, 1, 2)),
        TwinFaces(image_size=SIZE, split="test", size=1), untrained_judge(),
        Settings(faces=FACES, seed=77, line_faces=8, styles=4, chunk=8, rows=2),
    )  # fmt: skip
    costs = {about.name for about in COSTS}
    for one, other in zip(known("blur").figures, again.figures, strict=True):
        if one.measure in costs:
            continue
        assert (one.measure, one.line, one.count) == (other.measure, other.line, other.count)
        assert one.value == pytest.approx(other.value, abs=1e-5, nan_ok=True)


def test_best_median_and_worst_by_each_ranking() -> None:
    exhibits = known("blur").exhibits
    assert {(e.ranking, e.direction) for e in exhibits} == {
        (ranking, direction) for ranking in ("twin_error", "outside_edit", "judge") for direction in DIRECTIONS
    }


def test_photographs_are_measured_without_a_true_answer() -> None:
    source = Numbered(30, image_size=SIZE)
    model = Transferer(lambda images: images, attributes=("Smiling",))
    judge = untrained_judge(("Smiling",))
    outcome = run_protocol(PROTOCOLS["photos"], model, source, judge, SETTINGS)
    merits = {f.measure for f in outcome.figures if ABOUT[f.measure].better != "neither"}
    assert merits == {"judged_success", "corrected_success", "response", "leftover", "psnr", "ssim"}
    assert figure(outcome, "judged_success", "adding") == figure(outcome, "judged_success", "adding", "nothing")
    assert figure(outcome, "judged_success", "adding") == pytest.approx(
        1 - figure(outcome, "judged_success", "removing", "real")
    )


def test_the_protocol_follows_the_data() -> None:
    assert protocol_for(None, lambda: TwinFaces(image_size=16, size=1)).name == "twinfaces"
    assert protocol_for(None, Numbered).name == "photos"
    assert protocol_for("twinfaces", Numbered).name == "twinfaces"


def test_an_unknown_protocol_is_one_clear_line() -> None:
    with pytest.raises(UserError, match="unknown protocol 'twins'; there are: twinfaces, phototwins, photos"):
        protocol_for("twins", Numbered)


@pytest.mark.parametrize("name", ["superresolution", "attgan_accuracy"])
def test_a_protocol_that_freezes_no_edits_is_not_called_unknown(name: str) -> None:
    with pytest.raises(UserError, match=f"^{name} is asked of runs alone: facegan evaluate run=FOLDER protocol={name}"):
        protocol_for(name, Numbered)


def test_a_model_that_edits_nothing_is_refused() -> None:
    class Still(Model):
        paper, verb_parts = "none", ()

    with pytest.raises(UserError, match="Still edits nothing"):
        measured(Still(image_size=SIZE, attributes=("Eyeglasses",), weights={}))


class Mute(Model):
    """Edits, and has no `reconstruct`."""

    paper, verb_parts = "none", ()

    @verb
    def edit(self, images: Tensor, target: Tensor) -> Tensor:
        return images


def test_of_a_model_that_cannot_reconstruct_no_reconstruction_is_reported() -> None:
    outcome = measured(Mute(image_size=SIZE, attributes=("Eyeglasses",), weights={}))
    assert not {"psnr", "ssim", "outside_reconstruction"} & {figure.measure for figure in outcome.figures}
    assert "floor" not in {figure.line for figure in outcome.figures}


def test_a_model_that_edits_nothing_is_refused_before_anything_is_made() -> None:
    class Deaf(Model):
        paper, verb_parts = "none", ()

    with pytest.raises(UserError, match="Deaf edits nothing"):
        check_edits(PROTOCOLS["twinfaces"], Deaf(image_size=SIZE, attributes=("Eyeglasses",), weights={}))
