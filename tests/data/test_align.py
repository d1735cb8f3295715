"""Framing: faces land on the template, and a pasted face changes what it covers and nothing else."""

import json
import math

import numpy as np
import pytest
from PIL import Image

from facegan.data.align import Framing
from facegan.data.crop import CELEBA_CROPS, Crop
from facegan.data.errors import DataError
from facegan.data.similarity import Affine, Points, fit_similarity
from facegan.data.templates import CELEBA_POINTS, TEMPLATES, celeba_template, named_template

from .images import picture

TEMPLATE = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))


def aligned(side: int = 64, **settings: object) -> Framing:
    return Framing(image_size=side, template=TEMPLATE, **settings)  # type: ignore[arg-type]


def turned(angle: float, scale: float, shift: tuple[float, float]) -> Points:
    """The template's points in a photograph: turned, scaled and moved, as middles of pixels."""
    turn = scale * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    points: Points = np.array(TEMPLATE) @ turn + shift - 0.5
    return points


def dots(points: Points, size: tuple[int, int], *, radius: float) -> Image.Image:
    """A black photograph with a soft white dot at each point."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    distance = np.min([np.hypot(x - px, y - py) for px, py in points], axis=0)
    return Image.fromarray((255 * np.exp(-((distance / radius) ** 2))).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("angle", [0.0, 0.3, -1.2, math.pi])
@pytest.mark.parametrize(("scale", "side"), [(120.0, 64), (120.0, 200), (640.0, 64)])
def test_landmarks_land_on_the_template(angle: float, scale: float, side: int) -> None:
    size = (1300, 1200)
    middle = turned(angle, scale, (0.0, 0.0)).mean(0)
    points = turned(angle, scale, (640.3 - middle[0], 610.7 - middle[1]))
    square, _ = aligned(side).cut(dots(points, size, radius=scale / 20), points)
    bright = np.asarray(square, dtype=np.float64)[..., 0]
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    for wanted in np.array(TEMPLATE) * side - 0.5:
        near = np.hypot(x - wanted[0], y - wanted[1]) < side / 10
        found = [(bright * near * axis).sum() / (bright * near).sum() for axis in (x, y)]
        assert np.hypot(*(found - wanted)) < 0.5


def test_the_fit_is_the_least_squares_one() -> None:
    generator = np.random.default_rng(0)
    source, target = generator.normal(size=(5, 2)), generator.normal(size=(5, 2))
    best = fit_similarity(source, target)

    def error(a: float, b: float, c: float, f: float) -> float:
        return float(((Affine(a, -b, c, b, a, f)(source) - target) ** 2).sum())

    least = error(best.a, best.d, best.c, best.f)
    for step in np.eye(4).repeat(2, axis=0) * np.tile([1e-3, -1e-3], 4)[:, None]:
        assert error(best.a + step[0], best.d + step[1], best.c + step[2], best.f + step[3]) > least


def test_two_known_points_are_enough() -> None:
    points = turned(0.2, 100, (50, 60))
    eyes = points.copy()
    eyes[2:] = np.nan
    size = (300, 300)
    every, two = aligned().place(size, points).to_photo, aligned().place(size, eyes).to_photo
    np.testing.assert_allclose(every.coefficients(), two.coefficients(), atol=1e-9)


def test_a_square_beyond_the_photograph_repeats_its_border() -> None:
    photo = picture(100, 100)
    square, _ = aligned(50).cut(photo, turned(0.0, 100, (-50, 0)))
    pixels = np.asarray(square).astype(int)
    assert np.abs(pixels[5:-5, 2] - pixels[5:-5, 20]).max() <= 2, "left of the photograph its border goes on"
    assert pixels[25, 2].sum() > 0


CASES: dict[str, tuple[Framing, Points | None]] = {
    "aligned": (aligned(), turned(0.4, 150, (90, 40))),
    "at the border": (aligned(), turned(-0.3, 150, (-40, 120))),
    "centre": (Framing(image_size=64), None),
    "smaller centre": (Framing(image_size=64, crop=Crop(side=0.5)), None),
    "whole": (Framing(image_size=64, crop=Crop(kind="whole")), None),
    "box": (Framing(image_size=64, crop=Crop(kind="box", frame=(150, 130), left=20, top=10, side=60)), None),
}


@pytest.mark.parametrize("case", CASES)
def test_pasting_leaves_the_rest_alone_bit_for_bit(case: str) -> None:
    framing, points = CASES[case]
    photo = picture(300, 260, seed=1)
    _, placement = framing.cut(photo, points)
    result = np.asarray(framing.paste(photo, Image.new("RGB", (64, 64), "red"), placement)).astype(int)
    before = np.asarray(photo).astype(int)
    x, y = np.meshgrid(np.arange(300) + 0.5, np.arange(260) + 0.5)
    unit = placement.to_photo.inverse()(np.stack([x, y], axis=-1))
    outside = ((unit < 0) | (unit > 1)).any(-1)
    inside = ((unit > 0.11) & (unit < 0.89)).all(-1)
    assert (result[outside] == before[outside]).all()
    assert (result[inside] == (255, 0, 0)).all()
    assert inside.any()
    assert outside.any() == (case != "whole")


def test_the_edge_fades_inside_the_photograph_and_not_along_its_border() -> None:
    framing = Framing(image_size=64)
    photo = Image.new("RGB", (200, 100), "black")
    _, placement = framing.cut(photo)
    column = np.asarray(framing.paste(photo, Image.new("RGB", (64, 64), "white"), placement, feather=0.2))[..., 0]
    across = column[50, 50:75].astype(int)
    assert across[0] < 10
    assert (np.diff(across) >= 0).all()
    assert column[0, 100] == column[99, 100] == 255


@pytest.mark.parametrize("case", ["aligned", "centre", "box"])
def test_pasting_back_what_was_cut_changes_little(case: str) -> None:
    framing, points = CASES[case]
    photo = picture(300, 260, seed=2)
    square, placement = framing.cut(photo, points)
    result = np.asarray(framing.paste(photo, square, placement)).astype(int)
    assert np.abs(result - np.asarray(photo).astype(int)).max() <= 4


@pytest.mark.parametrize("side", [16, 64, 500])
def test_an_edited_square_of_any_size_fits(side: int) -> None:
    framing, points = CASES["aligned"]
    photo = picture(300, 260, seed=2)
    _, placement = framing.cut(photo, points)
    bigger = Framing(image_size=side, template=TEMPLATE).cut(photo, points)[0]
    result = np.asarray(framing.paste(photo, bigger, placement)).astype(int)
    assert np.abs(result - np.asarray(photo).astype(int)).mean() < 1


def test_another_photograph_is_refused() -> None:
    framing = Framing(image_size=64)
    square, placement = framing.cut(picture(100, 90))
    with pytest.raises(DataError, match=r"\(100, 90\).*\(100, 91\)"):
        framing.paste(picture(100, 91), square, placement)


def test_a_framing_survives_a_run_folder() -> None:
    framing = Framing(image_size=128, crop=CELEBA_CROPS["attgan"], template=TEMPLATE, resample="bicubic")
    assert Framing.from_dict(json.loads(json.dumps(framing.to_dict()))) == framing
    assert Framing.from_dict({}, image_size=32) == Framing(image_size=32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format 2"),
        ({"image_size": None}, "no crop"),
        ({"image_size": 0}, "between 1"),
        ({"image_size": "many"}, "no crop"),
        ({"crop": {"kind": "circle"}}, "circle"),
        ({"crop": {"kind": "box", "frame": [10, 10], "left": 5, "side": 6}}, "leaves its frame"),
        ({"crop": {"kind": "box", "frame": [10]}}, "no crop"),
        ({"crop": {"surprise": 1}}, "no crop"),
        ({"crop": 7}, "no crop"),
        ({"template": [[0, 0]]}, "5 points"),
        ({"template": [1, 2]}, "no crop"),
        ({"template": [[1, 2]] * 5}, "lie apart"),
        ({"template": [[0, 0]] * 4 + [[0, math.inf]]}, "lie apart"),
        ({"resample": "magic"}, "magic"),
    ],
)
def test_other_data_is_refused_in_one_line(change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        Framing.from_dict({**aligned().to_dict(), **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((5, 2)), "fall together"),
        (np.full((5, 2), np.nan), "at least 2"),
        (np.zeros((68, 2)), "shape"),
        (turned(0.0, 50, (5000, 5000)), "do not lie"),
        (turned(0.0, 1e6, (0, 0)), "do not lie"),
    ],
)
def test_landmarks_of_no_use_are_refused(points: Points, message: str) -> None:
    with pytest.raises(DataError, match=message):
        aligned().cut(picture(100, 100), points)


def test_celebas_crops_scale_with_the_image() -> None:
    fader, attgan = CELEBA_CROPS["fader"], CELEBA_CROPS["attgan"]
    assert fader.region((178, 218)) == (0, 20, 178, 198)
    assert fader.region((356, 436)) == (0, 40, 356, 396)
    assert attgan.region((178, 218)) == (3, 26, 173, 196)
    np.testing.assert_allclose(fader.region((89, 109)), (0, 10, 89, 99))
    np.testing.assert_allclose(attgan.region((267, 327)), (4.5, 39, 259.5, 294))
    with pytest.raises(DataError, match="have not the shape"):
        fader.region((218, 218))


def test_a_photograph_of_another_shape_is_cut_in_the_middle_unless_strict() -> None:
    framing = Framing(image_size=64, crop=CELEBA_CROPS["fader"])
    photo = picture(300, 200)
    assert framing.place(photo.size).to_photo.coefficients() == (200, 0, 50, 0, 200, 0)
    with pytest.raises(DataError, match="shape"):
        framing.cut(photo, strict=True)


def test_celebas_own_landmarks_cut_celebas_own_crop() -> None:
    """An image in CelebA's geometry is cut at one place by its landmarks and by its crop."""
    for name, crop in CELEBA_CROPS.items():
        framing = Framing(image_size=64, crop=crop, template=celeba_template(name))
        size = (178, 218)
        by_points = framing.place(size, np.array(CELEBA_POINTS)).to_photo
        np.testing.assert_allclose(by_points.coefficients(), framing.place(size).to_photo.coefficients(), atol=1e-6)


def test_geneganss_template_has_its_published_measures() -> None:
    left, right, nose, *_ = np.array(named_template("genegan")) * 256 - 0.5
    assert right[0] - left[0] == pytest.approx(70, abs=0.01)
    assert left[1] == pytest.approx(256 / 2.42, abs=0.01)
    assert nose[0] == pytest.approx(128 - 0.00182 * 70 / 0.34967, abs=0.01)
    on_celeba = CELEBA_CROPS["genegan"]
    fitted = Framing(image_size=64, template=TEMPLATES["genegan"]).place((178, 218), np.array(CELEBA_POINTS)).to_photo
    assert fitted.scale() == pytest.approx(on_celeba.side, abs=1)
    middle = fitted(np.array([[0.5, 0.5]]))[0]
    assert np.abs(middle - (on_celeba.left + on_celeba.side / 2, on_celeba.top + on_celeba.side / 2)).max() < 1
    with pytest.raises(DataError, match="unknown template 'x'"):
        named_template("x")
