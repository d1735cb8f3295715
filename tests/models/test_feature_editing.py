"""Feature editing: exemplars, steps, the witness function and the way back to pixels, each by what it is for."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.errors import UserError
from facegan.models.base import Model
from facegan.models.editing.dfi import DFI
from facegan.models.editing.feature_editing import FeatureEditor, flat
from facegan.models.editing.manifold_traversal import ManifoldTraversal, witness
from facegan.models.exemplars import Exemplars
from facegan.models.inversion import LBFGS, PIXEL, Adam, Inversion, matched, total_variation
from facegan.networks.errors import PartError
from tests.models.builders import build, faces, verbs_keep_their_promises

NAMES = ("dfi", "dfi_quickstart", "manifold_traversal", "manifold_traversal_quickstart")


def fitted(name: str, *overrides: str) -> FeatureEditor:
    """A model that was fitted on random faces; those with the attribute are brighter."""
    model = build(name, *overrides)
    assert isinstance(model, FeatureEditor)
    model.fit(
        {
            kind: [bright(1, seed=1), bright(1, seed=3)] if "has" in kind else [bright(0, seed=2)]
            for kind in model.fit_draws
        }
    )
    return model


def bright(value: int, *, seed: int, count: int = 6) -> FaceBatch:
    batch = faces(count, value=value, seed=seed)
    batch.images.mul_(0.4).add_(0.3 * value)
    return batch


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_before_the_fit_is_refused_and_afterwards_keeps_a_verbs_promises(name: str) -> None:
    images = faces().images
    with pytest.raises(UserError, match="keeps no exemplars yet; train the run to its end"):
        build(name).edit(images, torch.ones(4, 1))  # type: ignore[operator]
    model = fitted(name)
    assert model.verbs == ("edit",)
    verbs_keep_their_promises(model, images)


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_goes_towards_the_wanted_value_and_the_more_the_stronger(name: str) -> None:
    model = fitted(name, "++model.inversion.iterations=40", "++model.inversion.variation=0", "++model.match=false")
    images = bright(0, seed=9).images
    asked = torch.ones(len(images), 1)
    light = [float(model.edit(images, asked, strength=s).mean() - images.mean()) for s in (0, 0.5, 1)]  # type: ignore[operator]
    assert abs(light[0]) < 0.01
    assert light[0] + 0.005 < light[1] < light[2]
    assert float(model.edit(bright(1, seed=9).images, 0 * asked).mean()) < float(bright(1, seed=9).images.mean())  # type: ignore[operator]


def test_what_is_not_asked_for_stays_bit_for_bit() -> None:
    model, images = fitted("dfi_quickstart"), faces().images
    target = torch.tensor([[1.0], [torch.nan], [0.0], [torch.nan]])
    kept = (model.edit(images, target) == images).flatten(1).all(1)  # type: ignore[operator]
    assert kept.tolist() == [False, True, False, True]


@pytest.mark.parametrize("name", NAMES)
def test_a_face_is_edited_the_same_alone_and_among_others(name: str) -> None:
    model, images = fitted(name), faces().images
    asked = torch.ones(4, 1)
    together, alone = model.edit(images, asked), model.edit(images[2:3], asked[:1])  # type: ignore[operator]
    torch.testing.assert_close(together[2:3], alone, atol=5e-3, rtol=0)


def test_every_channel_has_mean_one_over_the_faces_of_the_fit() -> None:
    model = fitted("dfi_quickstart")
    every = torch.cat([bright(1, seed=1).images, bright(1, seed=3).images, bright(0, seed=2).images])
    with torch.no_grad():
        means = torch.cat([maps.abs().mean((0, 2, 3)) for maps in model.maps(every)])
    assert (means < 1.01).all()  # those nearly dead are left small
    assert (means > 0.99).float().mean() > 0.8
    assert len(model.exemplars) == 18
    torch.testing.assert_close(
        model.exemplars.features[:6].float(), flat(model.maps(bright(1, seed=1).images)), atol=0.02, rtol=0.01
    )


def test_a_checkpoint_brings_its_exemplars_along() -> None:
    one, other = fitted("dfi"), build("dfi")
    other.load_state_dict(one.state_dict())
    asked = torch.ones(4, 1)
    assert torch.equal(one.edit(faces().images, asked), other.edit(faces().images, asked))  # type: ignore[operator]
    build("dfi").load_state_dict(build("dfi").state_dict())  # nor does an empty bank stand in the way


def test_neighbours_agree_in_the_other_attributes_first_and_then_in_features() -> None:
    bank = Exemplars(width=1, attributes=2)
    labels = torch.tensor([[1, 0], [1, 1], [1, 1], [0, 1], [1, torch.nan]])
    bank.fill(torch.tensor([[0.0], [5.0], [3.0], [0.0], [4.0]]), labels)
    distances = bank.distances(torch.zeros(1, 1))
    near = bank.nearest(distances, torch.tensor([[0.0, 1.0]]), attribute=0, value=1, count=3)
    assert near.tolist() == [[2, 4, 1]]
    unknown = bank.nearest(distances, torch.full((1, 2), torch.nan), attribute=0, value=1, count=9)
    assert unknown.tolist() == [[0, 2, 4, 1]]
    with pytest.raises(UserError, match="no exemplar is kept"):
        bank.nearest(distances, labels[:1], attribute=1, value=2, count=1)


@pytest.mark.parametrize(
    ("scaling", "wanted"), [("none", [1.5, -0.5]), ("beta", [1.2, -0.4]), ("unit", [0.9487, -0.3162])]
)
def test_the_papers_ways_to_scale_a_step(scaling: str, wanted: list[float]) -> None:
    """w = (3, -1): alpha w; w / mean(w^2), which is 5; w / |w|."""
    delta = {"none": 0.5, "beta": 2.0, "unit": 1.0}[scaling]
    model = build("dfi", f"++model.scaling={scaling}", f"++model.delta={delta}")
    assert isinstance(model, DFI)
    torch.testing.assert_close(model.step(torch.tensor([[3.0, -1.0]])), torch.tensor([wanted]), atol=1e-4, rtol=0)


def test_the_linear_step_is_the_difference_of_the_neighbours_means() -> None:
    model = fitted("dfi", "++model.scaling=none", "++model.delta=2")
    bank = model.exemplars.features.float()
    leave, approach = torch.tensor([[0, 1]]), torch.tensor([[4, 9]])
    moved = model.destination(bank[:1], [(leave, approach)], 0.5)
    torch.testing.assert_close(moved, bank[:1] + bank[[4, 9]].mean(0) - bank[[0, 1]].mean(0), atol=1e-3, rtol=1e-3)


def test_faces_that_look_alike_to_the_features_are_left_where_they_are() -> None:
    """What rounding leaves of their inner products makes distances below 0, which must not become an edit."""
    model = build("manifold_traversal_quickstart")
    assert isinstance(model, ManifoldTraversal)
    noise = torch.randn(8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    gram = 1549.0 + 1e-4 * (noise + noise.T)
    change = model.coefficients(gram, [(torch.tensor([3, 6]), torch.tensor([5, 0]))], 1.0)
    assert change.isfinite().all()
    assert change @ gram @ change < 1e-3 * gram.max()


def test_the_witness_function_is_that_of_the_authors_code() -> None:
    """The loss and gradient that their own test expects, at no change of coefficients; and with a change."""
    features = torch.arange(1.0, 11.0, dtype=torch.float64).reshape(5, 2)
    gram, places = features @ features.T, [(torch.tensor([0, 1]), torch.tensor([2, 3]))]
    change = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    loss = witness(change, gram, places, width=50.0, budget=0.1)
    (gradient,) = torch.autograd.grad(loss, change)
    assert loss.item() == pytest.approx(-0.44223791352358049, abs=1e-9)
    wanted = [
        -0.01181949294952045,
        -0.02757881688221442,
        -0.04333814081490828,
        -0.059097464747602246,
        -0.074856788680296,
    ]
    assert gradient.tolist() == pytest.approx(wanted, abs=1e-9)
    moved = torch.tensor([0.1, 0, -0.2, 0, 0], dtype=torch.float64)
    place = features[4] + moved @ features
    kernel = (-(features - place).square().sum(1) / 100).exp()
    by_hand = kernel[:2].mean() - kernel[2:4].mean() + 0.1 * (moved @ features).square().sum()
    assert float(witness(moved, gram, places, width=50.0, budget=0.1)) == pytest.approx(float(by_hand), abs=1e-9)


def test_the_traversal_leaves_the_source_for_the_target_and_levels_off() -> None:
    model = fitted("manifold_traversal", "++model.steps=60")
    bank = model.exemplars.features.float()
    with torch.no_grad():
        start = flat(model.maps(bright(0, seed=9).images[:1]))
    sides = [(torch.arange(12, 18)[None], torch.arange(12)[None])]

    def lead(strength: float) -> float:
        """How much nearer the target's faces are than the source's."""
        gaps = (bank - model.destination(start, sides, strength)).square().sum(1)
        return float(gaps[12:].mean() - gaps[:12].mean())

    assert lead(0) < lead(0.5) < lead(1) < lead(50)
    assert lead(5000) - lead(500) < 0.2 * (lead(500) - lead(0))


def test_total_variation_is_in_the_authors_8_bit_units() -> None:
    images = torch.zeros(1, 1, 3, 3)
    images[..., 1, 1] = (
        2 / PIXEL
    )  # a step of two grey levels, seen from three places: left, above, and from itself both
    assert float(total_variation(images)) == pytest.approx(4 + 4 + 8 + 1e-3, abs=1e-4)


@pytest.mark.parametrize("inversion", [LBFGS(iterations=60, variation=0), Adam(iterations=200, variation=0, rate=0.1)])
def test_pixels_are_found_that_have_the_wanted_features(inversion: Inversion) -> None:
    torch.manual_seed(0)
    mixing = torch.randn(12, 12) / 3 + torch.eye(12)
    hidden = torch.rand(2, 3, 2, 2) - 0.5

    def features(images: Tensor) -> list[Tensor]:
        return [(images.flatten(1) @ mixing).reshape(-1, 3, 2, 2)]

    found = inversion(features, features(hidden), torch.zeros(2, 3, 2, 2))
    torch.testing.assert_close(found, hidden, atol=0.05, rtol=0)
    assert not found.requires_grad


def test_the_objective_is_half_the_squares_averaged_over_maps() -> None:
    maps = [torch.full((1, 2, 1, 1), 3.0), torch.zeros(1, 1, 2, 2)]
    wanted = [torch.full((1, 2, 1, 1), 1.0), torch.ones(1, 1, 2, 2)]
    assert float(LBFGS(variation=0).objective(maps, wanted, torch.zeros(1, 3, 4, 4))) == (0.5 * 8 + 0.5 * 4) / 2


def test_a_matched_picture_has_its_originals_brightness_and_contrast() -> None:
    one, other = faces(seed=1).images * 0.2 + 0.3, faces(seed=2).images * 0.5
    result = matched(one, other)
    for figure in (torch.mean, torch.std):
        torch.testing.assert_close(figure(result[0]), figure(other[0]), atol=1e-3, rtol=1e-3)


def test_only_with_a_head_is_there_something_to_train() -> None:
    assert build("dfi").phases == build("manifold_traversal").phases == ()
    (phase,) = build("dfi_quickstart").phases
    assert phase.trains == ("extractor", "head")


def test_vgg19_says_in_one_line_that_its_numbers_cannot_be_had(tmp_path: Path) -> None:
    model = build(
        "dfi", "extractor=vgg19", f"++model.extractor.weights={tmp_path / 'none.pth'}", "~model.extractor.width"
    )
    with pytest.raises(
        PartError, match=r"VGG19: weights .*none.pth' could not be had \(.*\); set model.extractor.weights=FILE"
    ):
        model.fit({"has_Eyeglasses": [faces()]})


def test_vgg19_takes_its_numbers_from_a_file_when_it_is_fitted(tmp_path: Path) -> None:
    words = ("extractor=vgg19", f"++model.extractor.weights={tmp_path / 'vgg.pth'}", "~model.extractor.width")
    trained = vgg(build("dfi", *words))
    numbered = enumerate(layer for stage in trained for layer in stage)  # type: ignore[attr-defined]
    torch.save(
        {f"features.{n}.{key}": v + 1 for n, layer in numbered for key, v in layer.state_dict().items()},
        tmp_path / "vgg.pth",
    )
    model = build("dfi", *words)
    model.fit({"has_Eyeglasses": [faces(2, value=1)], "lacks_Eyeglasses": [faces(2, value=0)]})
    assert torch.equal(vgg(model)[2][0].weight, trained[2][0].weight + 1)  # type: ignore[index]


def vgg(model: Model) -> torch.nn.ModuleList:
    stages = model.get_submodule("extractor.stages")
    assert isinstance(stages, torch.nn.ModuleList)
    return stages
