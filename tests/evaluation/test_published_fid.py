"""FID of GeneGAN's edits: the distance by hand, which faces are held against which, and the weights of its network."""

import math
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from facegan.errors import UserError
from facegan.evaluation.published.zsc_fid import Moments, ZscFID, distance, inception, prepared
from facegan.models.base import verb
from tests.evaluation.test_published import ATTRIBUTES, Labelled, Writer, labels


def moments(features: list[list[float]]) -> Moments:
    found = Moments()
    for row in features:
        found.add(torch.tensor([row]))
    return found


def test_the_distance_by_hand() -> None:
    """One dimension: (1 - 4)^2 + (sqrt 2 - sqrt 8)^2 = 9 + 2."""
    one, other = moments([[0.0], [2.0]]), moments([[2.0], [6.0]])
    assert distance(one, other) == pytest.approx(11, abs=1e-5)
    assert distance(one, one) == pytest.approx(0, abs=1e-6)
    assert math.isnan(distance(one, moments([[0.0]])))


def fid() -> ZscFID:
    return ZscFID(faces=5_000, chunk=4, weights="DEFAULT")


def test_each_edit_is_held_against_the_other_sides_faces() -> None:
    """Doing nothing is as far from the wanted faces as these are from the others; knowing them is at 0."""
    source = Labelled(labels(8, Male=[0, 1, 0, 1, 0, 1, 1, 0]))

    def features(images: Tensor) -> Tensor:
        return images[:, 0, 0, [ATTRIBUTES.index("Male"), 20]]

    idle = fid().compared(Writer(("Male",), deaf="Male"), source, features)
    lacking, having = -0.5, 191 / 127.5 - 1
    assert idle.value("adding", "Male") == pytest.approx((having - lacking) ** 2, abs=1e-6)
    assert {f.count for f in idle.figures} == {4}
    assert "4 faces instead of 5,000." in idle.deviations

    class Knowing(Writer):
        @verb
        def edit(self, images: Tensor, target: Tensor, source: Tensor, strength: float = 1.0) -> Tensor:
            edited = images.clone()
            edited[:, 0, 0, ATTRIBUTES.index("Male")] = (64 + 127 * target[:, 0]) / 127.5 - 1
            return edited

    assert fid().compared(Knowing(("Male",)), source, features).value("removing", "Male") == pytest.approx(0, abs=1e-5)


def test_without_weights_nothing_is_measured(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="weights=FILE, or weights=DEFAULT, which downloads"):
        ZscFID(faces=2, chunk=2, weights=None).check(Writer())
    with pytest.raises(UserError, match="there is no such file"):
        inception(str(tmp_path / "none.pth"))
    save_file({"fc.bias": torch.zeros(7)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match=r"^weights=.*other.safetensors: .* is it of another network"):
        inception(str(tmp_path / "other.safetensors"))


def test_weights_that_cannot_be_downloaded_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(**_: object) -> nn.Module:
        raise URLError("no connection")

    monkeypatch.setattr("torchvision.models.inception_v3", offline)
    with pytest.raises(UserError, match=r"weights=DEFAULT cannot be downloaded \(.*no connection.*weights=FILE"):
        inception("DEFAULT")


def test_pictures_are_prepared_as_imagenets() -> None:
    white = prepared(torch.ones(1, 3, 8, 8))
    assert white.shape == (1, 3, 299, 299)
    assert white[0, :, 0, 0].tolist() == pytest.approx([(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225])


@pytest.mark.slow
def test_inception_gives_2048_features_by_the_weights_of_a_file(tmp_path: Path) -> None:
    from torchvision.models import inception_v3

    weights = {name: value.contiguous() for name, value in inception_v3(init_weights=False).state_dict().items()}
    save_file(weights, tmp_path / "weights.safetensors")
    network = inception(str(tmp_path / "weights.safetensors"))
    assert network(prepared(torch.zeros(1, 3, 16, 16))).shape == (1, 2_048)
    assert network.state_dict()["Conv2d_1a_3x3.conv.weight"].equal(weights["Conv2d_1a_3x3.conv.weight"])
