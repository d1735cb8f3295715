"""How good the answers of a run are: by the measures of the protocol `superresolution`, on faces that are read once."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from experiments.kept import kept
from experiments.superresolution.plan import SMALL_FACES, Run, Scale, Task
from facegan.assemble import make_model, make_source, open_model
from facegan.config import Config, compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.cases import any_faces
from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.patches import swd
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import RANGE, psnr
from facegan.evaluation.measures.upscaling import psnr_y, ssim_y
from facegan.evaluation.witnesses import find_panel
from facegan.models.superresolution.invention import DIAL
from facegan.models.superresolution.inventive import Inventive
from facegan.models.superresolution.upscaling import Upscaling
from facegan.training.run_folder import cpu_seconds

FORMAT = 3
CHUNK = 64
Figures = Mapping[str, float]


class Bench:
    """The test faces of a task and the panel that looks at them, made when the first run needs them."""

    def __init__(self, run: Run) -> None:
        self.run, self._splits = run, dict[str, FaceSource]()

    @property
    def task(self) -> Task:
        return self.run.task

    @property
    def scale(self) -> Scale:
        return self.run.scale

    @cached_property
    def config(self) -> Config:
        return compose_config("train", self.run.overrides())

    def split(self, name: str) -> FaceSource:
        """One split of the task's data set."""
        if name not in self._splits:
            self._splits[name] = make_source({**self.config, "plugins": ()}, name)
        return self._splits[name]

    @cached_property
    def panel(self) -> Judge:
        return find_panel(self.split, ())

    @cached_property
    def faces(self) -> list[Tensor]:
        """In chunks, each n x 3 x S x S."""
        return list(any_faces(self.split("test"), (), self.scale.faces)[0].split(CHUNK))

    @cached_property
    def crowd(self) -> Tensor:
        """What the panel sees in them, N x D."""
        return torch.cat([self.panel.look(images)[1] for images in self.faces])

    def bicubic(self) -> Upscaling:
        """Interpolation, as a model."""
        task = self.task
        wish = ["model=bicubic", *SMALL_FACES, f"model.scale={task.factor}"]
        model = make_model(compose_config("train", wish), image_size=task.image_size, attributes=())
        return upscaling(model)


def upscaling(model: Any) -> Upscaling:
    """The model. Raises UserError for one of another kind."""
    if not isinstance(model, Upscaling):
        raise UserError(f"{type(model).__name__} is no system of this table.")
    return model


@torch.no_grad()
def figures_of(model: Upscaling, bench: Bench) -> Figures:
    """psnr, psnr_y, ssim_y, low_error, kid, swd: as the protocol has them. features: see `feature_distance`."""
    ratios: dict[str, list[Ratio]] = {}
    crowd: list[Tensor] = []
    answers: list[Tensor] = []
    for images in bench.faces:
        low = model.shrunk(images)
        made, border = model.upscale(low), bench.task.factor
        found = {
            "psnr": psnr(made, images),
            "psnr_y": psnr_y(made, images, border=border),
            "ssim_y": ssim_y(made, images, border=border),
            "low_error": low_error(made, low, shrink=model.shrunk),
            "features": Ratio.of(feature_distance(made, images, bench.panel)),
        }
        for name, ratio in found.items():
            ratios.setdefault(name, []).append(ratio)
        crowd.append(bench.panel.look(made)[1])
        answers.append(made)
    pooled = {name: Ratio.join(parts).pooled for name, parts in ratios.items()}
    if bench.task.realism == "swd":
        pooled["swd"] = swd(torch.cat(answers), torch.cat(bench.faces))
    return {**pooled, "kid": kid(torch.cat(crowd), bench.crowd, made_of_it=True), **dialled(model, bench)}


def dialled(model: Upscaling, bench: Bench) -> dict[str, float]:
    """disagreement: the worst pixel of any small face at any setting of the dial, as a share of the range."""
    if not (isinstance(model, Inventive) and model.keep_mean):
        return {}
    low = model.shrunk(bench.faces[0][: bench.scale.dialled])
    gaps = [model.shrunk(model.upscale(low, setting)) - low for setting in DIAL]
    return {"disagreement": float(torch.stack(gaps).abs().max()) / RANGE}


def feature_distance(images: Tensor, targets: Tensor, judge: Judge) -> Tensor:
    """How far the panel's maps of answers are from those of the faces, N, 0 to 4, lower is better.

    At each place of each map the squared distance of the two vectors over channels, brought to length 1; the mean over
    places, then over maps: LPIPS (Zhang et al., 2018) without its learnt weights, on a network of our own.
    """
    pairs = zip(maps(judge, images), maps(judge, targets), strict=True)
    return torch.stack([(unit(a) - unit(b)).square().sum(1).mean((1, 2)) for a, b in pairs]).mean(0)


def maps(judge: Judge, images: Tensor) -> list[Tensor]:
    """What the judge's network has before each halving, and at its end."""
    network = judge.network
    if not isinstance(network, JudgeNetwork):
        raise UserError(f"the maps of a {type(network).__name__} are not known; the panel's are.")
    now, found = network.stem(images), []
    for stage in network.stages:
        if isinstance(stage, torch.nn.AvgPool2d):
            found.append(now)
        now = stage(now)
    return [*found, now]


def unit(features: Tensor) -> Tensor:
    """Each place's vector, N x C x h x w, at length 1."""
    return features / features.norm(dim=1, keepdim=True).clamp_min(1e-6)


def measured(run: Run, bench: Bench) -> Figures:
    """The figures of a trained run; what was measured before under the same wish is not measured again."""

    def measure() -> Figures:
        return {**figures_of(upscaling(open_model(run.folder)[0]), bench), "cpu_seconds": cpu_seconds(run.folder)}

    asked = {
        "format": FORMAT, "images": run.images, "faces": run.scale.faces, "dialled": run.scale.dialled,
        "panel": bench.panel.key,
    }  # fmt: skip
    found: Figures = kept(run.folder.evaluation / "figures.json", asked, measure)
    return found


def benches(runs: Sequence[Run]) -> dict[Task, Bench]:
    """One for each task."""
    return {run.task: Bench(run) for run in runs}
