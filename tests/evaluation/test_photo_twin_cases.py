"""Protocol phototwins: the measures of TwinFaces, on photographs."""

import pytest
import torch
from torch import Tensor

from facegan.cli.photographs import DRAWN, faces_for
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS, Direction
from facegan.evaluation.photo_twin_cases import PhotoTwinCases
from facegan.evaluation.protocols import PROTOCOLS, check_edits, run_protocol
from facegan.evaluation.settings import Settings
from tests.data.aligned import Aligned
from tests.data.faces import Numbered
from tests.evaluation.editors import SIZE, Editor, Transferer, untrained_judge

PROTOCOL = PROTOCOLS["phototwins"]
SETTINGS = Settings(faces=6, seed=5, line_faces=3, styles=3, chunk=3, rows=2)


def cases(direction: Direction, *, count: int = 6, seed: int = 5, attribute: str = "Eyeglasses") -> PhotoTwinCases:
    known = ("Goatee", attribute, "Smiling")
    return PhotoTwinCases(
        Aligned(image_size=SIZE), attribute=attribute, direction=direction, attributes=known, count=count, seed=seed
    )


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_twins_are_equal_outside_and_one_of_each_pair_is_a_photograph(direction: Direction) -> None:
    case = cases(direction).at(slice(0, 6))
    outside = ~case.may[:, None].expand_as(case.source)
    assert case.source[outside].equal(case.twin[outside])
    assert case.changed.flatten(1).any(1).all()
    assert not (case.changed & ~case.may).any()
    bare = case.source if direction == "adding" else case.twin
    assert bare.equal(to_network(Aligned(image_size=SIZE).images(case.faces.index)))
    assert case.hidden.any() == (direction == "removing")


def test_labels_are_the_photographs_own_and_unknown_ones_stay_unknown() -> None:
    source = Aligned(image_size=SIZE)
    for direction, value in (("adding", 0.0), ("removing", 1.0)):
        case = cases(direction).at(slice(0, 6))  # type: ignore[arg-type]
        assert case.labels[:, 0].isnan().all()
        assert (case.labels[:, 1] == value).all()
        assert case.labels[:, 2].equal(source.labels[case.faces.index, 3])


def test_no_face_is_its_own_exemplar() -> None:
    for direction in DIRECTIONS:
        assert not (cases(direction).faces.index == cases(direction).exemplars.index).any()


def test_a_fingerprint_knows_the_faces_the_styles_and_the_photographs() -> None:
    prints = {
        cases("adding").fingerprint(),
        cases("removing").fingerprint(),
        cases("adding", count=4).fingerprint(),
        cases("adding", seed=6).fingerprint(),
        cases("adding", attribute="Mustache").fingerprint(),
    }
    assert len(prints) == 5
    other = cases("adding")
    other._photographs.source.pixels[other.faces.index[0]] += 1  # type: ignore[attr-defined]
    assert other.fingerprint() not in prints
    assert cases("adding").fingerprint() in prints


def test_perfect_and_idle_editors_land_where_they_should() -> None:
    answers: dict[bytes, Tensor] = {}
    for direction in DIRECTIONS:
        case = cases(direction).at(slice(0, 6))
        answers |= {face.numpy().tobytes(): twin for face, twin in zip(case.source, case.twin, strict=True)}

    def perfect(images: Tensor) -> Tensor:
        return torch.stack([answers.get(face.contiguous().numpy().tobytes(), face) for face in images])

    for change, error in ((perfect, 0.0), (lambda images: images, 1.0)):
        model = Transferer(change)
        outcome = run_protocol(PROTOCOL, model, Aligned(image_size=SIZE), untrained_judge(), SETTINGS)
        found = {(f.direction, f.line): f.value for f in outcome.figures if f.measure == "twin_error"}
        assert found["adding", "model"] == found["removing", "model"] == error
        assert found["removing", "median"] == 0.0 < found["adding", "median"]
        assert {f.value for f in outcome.figures if (f.measure, f.line) == ("outside_edit", "model")} == {0.0}


def test_only_what_can_be_worn_is_asked_about() -> None:
    def idle(images: Tensor) -> Tensor:
        return images

    assert PROTOCOL.attributes(("Smiling", "Mustache")) == ("Mustache",)
    with pytest.raises(UserError, match="asks about Eyeglasses, Wearing_Hat, Mustache"):
        check_edits(PROTOCOL, Editor(idle, attributes=("Smiling",)))


def test_photographs_without_the_label_are_refused() -> None:
    with pytest.raises(UserError, match="does not label Mustache"):
        PhotoTwinCases(Numbered(), attribute="Mustache", direction="adding", attributes=("Mustache",), count=4, seed=0)


def test_a_run_on_drawn_faces_needs_photographs_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    own = {"_target_": DRAWN, "image_size": 16}
    with pytest.raises(UserError, match=r"data=celeba data\.root=FOLDER"):
        faces_for(PROTOCOL, own, None, image_size=16)
    assert faces_for(PROTOCOLS["twinfaces"], own, None, image_size=16) == own
    named = faces_for(PROTOCOL, own, {"_target_": "x", "image_size": 64}, image_size=16)
    assert named == {"_target_": "x", "image_size": 16}
    monkeypatch.setenv("FACEGAN_CELEBA", "somewhere")
    found = faces_for(PROTOCOL, own, None, image_size=16)
    assert (found["root"], found["image_size"]) == ("somewhere", 16)
