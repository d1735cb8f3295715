"""Super-resolution's hallmarks on models whose worth is known: they look the large face up."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
import torch
from torch import Tensor

from facegan.data.degradations import Bicubic, enlarged
from facegan.data.sampling import to_network
from facegan.data.twinfaces import TwinClips, TwinFaces
from facegan.hallmarks.base import Measured, Subject
from facegan.hallmarks.breaks import Break, DialIgnored, DoNothing, NeighboursIgnored
from facegan.hallmarks.inventing import SEEN
from facegan.hallmarks.plan import Plan, compose_hallmark, read_plan
from facegan.models.base import Model, verb
from facegan.models.superresolution.invention import agreeing

SIZE, COUNT, SCALE = 16, 64, 4  # a kernel distance needs some faces
REGRESSIONS = ("srcnn", "espcn", "drcn", "srresnet", "sparse_coding", "unpaired_upscaling")
INVENTIVE = ("perceptual", "srgan", "face_wgan", "pan")


def plan_of(name: str) -> Plan:
    words = [f"hallmark.check.{'clips' if name == 'vespcn' else 'faces'}={COUNT}"]
    return read_plan(name, compose_hallmark(name, tuple(words))["hallmark"])


class Oracle(Model):
    """Knows every face; its mean is what interpolation says, brought to agree."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, seed: int) -> None:
        super().__init__(image_size=SIZE, attributes=SEEN, weights={})
        source = TwinFaces(image_size=SIZE, split="test", size=COUNT, seed=seed)
        self.large, self.degradation = to_network(source.images(torch.arange(COUNT))), Bicubic(scale=SCALE)

    def shrunk(self, images: Tensor) -> Tensor:
        return self.degradation(images)

    @verb
    def upscale(self, low: Tensor, invention: float | None = None) -> Tensor:
        known = self.large[torch.cdist(low.flatten(1), self.shrunk(self.large).flatten(1)).argmin(1)]
        mean = agreeing(enlarged(low, SCALE), low, self.degradation)
        return torch.lerp(mean, known, 1.0 if invention is None else invention)


class Seer(Model):
    """Knows every clip, and finds motion where there is some: in a still frame it sees no more than interpolation."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, seed: int) -> None:
        super().__init__(image_size=SIZE, attributes=(), weights={})
        self.source = TwinClips(image_size=SIZE, size=COUNT, frames=3, speed=0.06, split="test", seed=seed)
        self.clips, self.degradation = to_network(self.source.images(torch.arange(COUNT))), Bicubic(scale=SCALE)

    def shrunk(self, images: Tensor) -> Tensor:
        return self.degradation(images.flatten(0, 1)).unflatten(0, images.shape[:2])

    @verb
    def upscale(self, low: Tensor) -> Tensor:
        clips = low if low.ndim == 5 else low[:, None]
        moves = clips.shape[1] > 1 and bool((clips[:, 0] != clips[:, 1]).any())
        plain = enlarged(clips.flatten(0, 1), SCALE).unflatten(0, clips.shape[:2]).clamp(-1, 1)
        return (self.clips[: len(clips)] if moves else plain).view(*low.shape[:-2], SIZE, SIZE)

    def flow(self, frame: Tensor, neighbour: Tensor) -> Tensor:
        true = self.source.flow(torch.arange(len(frame)), frame=1, neighbour=2)
        return torch.nn.functional.avg_pool2d(true, SCALE) / SCALE


class Pixels:
    """A judge that sees the pixels themselves."""

    @staticmethod
    def look(images: Tensor) -> tuple[Tensor, Tensor]:
        return images.flatten(1)[:, :2], images.flatten(1)


def figures(plan: Plan, model: Model, monkeypatch: pytest.MonkeyPatch) -> Sequence[Measured]:
    monkeypatch.setattr(Subject, "judge", lambda *_: Pixels())
    with torch.no_grad():
        return plan.hallmark.measure(Subject(model, seed=plan.seed))


def failed(plan: Plan, found: Sequence[Measured]) -> set[str]:
    values = {figure.name: figure.value for figure in found}
    return {name for name, threshold in plan.thresholds.items() if not threshold.passes(values[name])}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_the_true_face_beats_interpolation_and_idleness_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(name)
    assert failed(plan, figures(plan, Oracle(plan.seed), monkeypatch)) == set()
    idle = Oracle(plan.seed)
    DoNothing()(idle)
    assert failed(plan, figures(plan, idle, monkeypatch)) == {"gain"}


@pytest.mark.parametrize("name", INVENTIVE)
@pytest.mark.parametrize(("breaks", "fails"), [(DoNothing(), {"nearer", "agrees"}), (DialIgnored(), {"nearer"})])
def test_a_broken_dial_is_seen(name: str, breaks: Break, fails: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(name)
    whole, broken = Oracle(plan.seed), Oracle(plan.seed)
    breaks(broken)
    assert failed(plan, figures(plan, whole, monkeypatch)) <= {"gain_of_the_mean"}  # its mean is interpolation
    assert fails <= failed(plan, figures(plan, broken, monkeypatch))


@pytest.mark.parametrize("breaks", [DoNothing(), NeighboursIgnored()])
def test_a_frame_by_itself_is_seen(breaks: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of("vespcn")
    whole, broken = Seer(plan.seed), Seer(plan.seed)
    breaks(broken)
    assert failed(plan, figures(plan, whole, monkeypatch)) == set()
    assert {"neighbours", "flow"} <= failed(plan, figures(plan, broken, monkeypatch))


def test_the_pictures_show_a_face_a_row() -> None:
    for name, model in (("espcn", Oracle), ("srgan", Oracle), ("vespcn", Seer)):
        plan = plan_of(name)
        with torch.no_grad():
            picture = plan.hallmark.picture(Subject(model(plan.seed), seed=plan.seed))
        assert picture.height > 4 * SIZE
