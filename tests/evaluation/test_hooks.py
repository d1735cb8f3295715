"""Pictures and scores of a run in training."""

import numpy as np
import pytest
import torch

from facegan.assemble import make_model
from facegan.cli.hooks import make_hooks
from facegan.config import Config
from facegan.evaluation import judges
from facegan.evaluation.cases import any_faces
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.samples import Samples
from facegan.evaluation.validation import Validation
from facegan.models.base import Model
from tests.data.faces import Numbered
from tests.evaluation.editors import Editor, Transferer
from tests.tiny import tiny_config

SIZE = 16
DATA = ("data=twinfaces", f"data.image_size={SIZE}", "data.size=64")


@pytest.fixture(autouse=True)
def quick_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", {"report": None, "selection": quick})
    monkeypatch.setattr("facegan.evaluation.judge_data.MOST", 32)


def untrained(config: Config) -> Model:
    torch.manual_seed(0)
    return make_model(config, image_size=SIZE, attributes=tuple(config["attributes"]))


def test_genegan_is_scored_by_twins_without_a_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.evaluation.validation.find_judge", lambda *_, **__: pytest.fail("a judge was asked"))
    config = tiny_config("genegan_quickstart", *DATA)
    figures = make_hooks(config).validate(untrained(config))
    errors = [figures[f"Eyeglasses/twin_error_{direction}"] for direction in ("adding", "removing")]
    assert figures["score"] == pytest.approx(1 - sum(errors) / 2)
    assert figures["Eyeglasses/psnr"] > 5


def test_fader_is_scored_by_the_selection_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
    config = tiny_config("fader_quickstart", *DATA)
    figures = make_hooks(config).validate(untrained(config))
    assert {f"{name}/success_{way}" for name in config["attributes"] for way in ("adding", "removing")} < set(figures)


def test_the_score_is_the_weaker_direction_less_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sure:
        def logits(self, images: torch.Tensor, attribute: str) -> torch.Tensor:
            return torch.tensor([1.0, 1.0, 1.0, -1.0])[: len(images)]

    roles: list[str] = []

    def find(splits: object, attributes: object, role: str, **_: object) -> Sure:
        roles.append(role)
        return Sure()

    monkeypatch.setattr("facegan.evaluation.validation.find_judge", find)
    model = Editor(lambda images: images, again=lambda images: torch.zeros_like(images))
    figures = Validation(lambda split: Numbered(image_size=SIZE), faces=4)(model)
    assert (figures["Eyeglasses/success_adding"], figures["Eyeglasses/success_removing"]) == (0.75, 0.25)
    lost = 0.25 - figures["score"]
    assert 0.2 < lost < 0.3  # of random pixels, half of the range wide on average, a quarter
    assert roles == ["selection"]


@pytest.mark.parametrize("model", [Transferer, Editor])
def test_photographs_are_scored_by_the_selection_judge(model: type[Editor]) -> None:
    figures = Validation(lambda split: Numbered(image_size=SIZE), faces=8)(model(lambda images: images))
    assert figures["Eyeglasses/psnr"] == 100.0
    weaker = min(figures["Eyeglasses/success_adding"], figures["Eyeglasses/success_removing"])
    assert figures["score"] == pytest.approx(weaker)


def test_a_model_that_edits_no_attribute_is_scored_by_what_it_keeps() -> None:
    class Swapper(Transferer):
        transferable = ("identity",)
        edit = property()  # reading it raises AttributeError: the verb is not there

    model = Swapper(lambda images: images, again=lambda images: torch.zeros_like(images))
    figures = Validation(lambda split: Numbered(image_size=SIZE), faces=4)(model)
    assert figures.keys() == {"score", "Eyeglasses/psnr"}
    assert -0.3 < figures["score"] < -0.2


@pytest.mark.parametrize("name", ["genegan_quickstart", "fader_quickstart", "identity_cyclegan_quickstart"])
def test_hooks_leave_no_trace(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
    config = tiny_config(name, *DATA)
    model, hooks = untrained(config).train(), make_hooks(config)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    before = torch.get_rng_state()
    first, picture = hooks.validate(model), hooks.picture(model)
    assert torch.get_rng_state().equal(before)
    assert all(module.training for module in model.modules())
    assert all(value.equal(state[key]) for key, value in model.state_dict().items())
    assert hooks.validate(model) == first
    assert hooks.picture(model).tobytes() == picture.tobytes()


def test_an_attribute_below_the_other() -> None:
    samples = Samples(lambda split: Numbered(image_size=SIZE), rows=2)
    one = samples(Editor(lambda images: images))
    two = samples(Editor(lambda images: images, attributes=("Eyeglasses", "Smiling")))
    assert two.height == 2 * one.height


def test_faces_are_made_once() -> None:
    asked: list[str] = []

    def splits(split: str) -> Numbered:
        asked.append(split)
        return Numbered(image_size=SIZE)

    samples = Samples(splits)
    for _ in range(3):
        samples(Editor(lambda images: images))
    assert asked == ["validation"]


def test_no_judge_that_reports_is_within_reach_of_training() -> None:
    """Law 10, by the text: what trains asks for the selection judge alone."""
    import inspect

    import facegan.cli.hooks
    import facegan.evaluation.samples
    import facegan.evaluation.validation

    for module in (facegan.cli.hooks, facegan.evaluation.samples, facegan.evaluation.validation):
        assert '"report"' not in inspect.getsource(module)
        assert "panel" not in inspect.getsource(module)
    assert set(judges.RECIPES) == {"report", "second", "panel", "selection"}


def test_a_model_that_looks_at_no_face_shows_new_ones_and_has_no_score() -> None:
    config = tiny_config("infogan_quickstart", *DATA)
    hooks, model = make_hooks(config), untrained(config)
    sheet = hooks.picture(model)
    assert sheet.size[0] > 8 * SIZE
    assert np.asarray(sheet).std() > 0
    assert hooks.validate(model) == {}


def swapper(attributes: tuple[str, ...] = ()) -> Transferer:
    class Swapper(Transferer):
        transferable = ("identity",)
        edit = property()  # reading it raises AttributeError: the verb is not there

    return Swapper(lambda images: -images, attributes=attributes, again=lambda images: images * 0)


def test_a_model_without_attributes_is_scored_by_what_it_keeps_of_any_face() -> None:
    figures = Validation(lambda split: Numbered(image_size=SIZE), faces=4)(swapper())
    assert figures.keys() == {"score", "psnr"}
    assert -0.3 < figures["score"] < -0.2


@pytest.mark.parametrize("attributes", [(), ("Eyeglasses",)])
def test_a_sheet_shows_what_is_transferred_beside_its_exemplars(attributes: tuple[str, ...]) -> None:
    source = Numbered(image_size=SIZE)
    sheet = Samples(lambda split: source, rows=4)(swapper(attributes))
    faces, labels = any_faces(source, attributes, 4)
    columns = [
        Column("source", faces), Column("recon-\nstruction", faces * 0),
        Column("exemplar", faces[[1, 2, 3, 0]]), Column("transferred", -faces),
        Column("exemplar", faces[[2, 3, 0, 1]]), Column("transferred", -faces),
    ]  # fmt: skip
    assert labels.shape == (4, len(attributes))
    assert sheet.tobytes() == grid([columns], title="identity").tobytes()


def test_a_model_that_upscales_shows_what_it_sees_of_a_face() -> None:
    config = tiny_config("identity_cyclegan_quickstart", *DATA)
    model = untrained(config)
    assert model.attributes == ()
    sheet = make_hooks(config).picture(model)
    assert sheet.width > Samples(lambda split: Numbered(image_size=SIZE))(swapper()).width


def test_a_model_that_only_reconstructs_shows_that() -> None:
    class Keeper(Editor):
        edit = property()

    samples = Samples(lambda split: Numbered(image_size=SIZE), rows=3)
    sheets = [samples(Keeper(lambda x: x, attributes=names)) for names in ((), ("Eyeglasses",))]
    assert sheets[0].tobytes() == sheets[1].tobytes()
