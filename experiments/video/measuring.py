"""How near a run's middle frames are, and how right its flow is, on clips that are the same for all runs."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from experiments.kept import kept
from experiments.video.plan import Job, Scale
from facegan.assemble import open_model
from facegan.data.degradations import Box, enlarged
from facegan.data.sampling import to_network
from facegan.data.twinfaces import TwinClips
from facegan.evaluation.measures.reconstruction import psnr
from facegan.models.superresolution.upscaling import Upscaling
from facegan.models.superresolution.vespcn import VESPCN
from facegan.training.run_folder import cpu_seconds

FORMAT = 1
SEED = 2_617  # of the measured clips
FRAMES, MIDDLE, TIMES, CHUNK = 3, 1, 4, 64
SPEEDS = (0.0, 0.03, 0.06, 0.1)
FACE = "face"
"""What the clips are called in which the face moves and the camera does not."""
Figures = Mapping[str, float]


class Bench:
    """The clips: by the camera's speed, and those of moving faces."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.tests = (*(f"{speed:g}" for speed in SPEEDS), FACE)
        self.clips = cache(self._clips)  # by test: drawn where they are asked for

    def source(self, test: str) -> TwinClips:
        """Where the clips of a test come from."""
        motion, speed = ("face", SPEEDS[2]) if test == FACE else ("camera", float(test))
        return TwinClips(
            image_size=self.scale.image_size, size=self.scale.clips, frames=FRAMES, motion=motion, speed=speed,
            split="test", seed=SEED,
        )  # fmt: skip

    def _clips(self, test: str) -> tuple[Tensor, Tensor]:
        """Small clips N x T x 3 x s x s, and the large middle frames, N x 3 x S x S."""
        clips = to_network(self.source(test).images(torch.arange(self.scale.clips)))
        small = Box(scale=TIMES)(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
        return small, clips[:, MIDDLE]

    def flow(self, test: str) -> Tensor:
        """The true one from the middle frame to the next, N x 2 x s x s in small pixels."""
        true = self.source(test).flow(torch.arange(self.scale.clips), frame=MIDDLE, neighbour=MIDDLE + 1)
        return torch.nn.functional.avg_pool2d(true, TIMES) / TIMES


def nothing(bench: Bench) -> Figures:
    """Bicubic interpolation of the middle frames, and a flow that says that nothing moves."""
    found = {}
    for test in bench.tests:
        small, large = bench.clips(test)
        found[f"{test}/psnr"] = psnr(enlarged(small[:, MIDDLE], TIMES).clamp(-1.0, 1.0), large).pooled
    return found | {f"{speed:g}/still": bench.flow(f"{speed:g}").norm(dim=1).mean().item() for speed in SPEEDS}


def measured(job: Job, bench: Bench) -> Figures:
    """The figures of a run; what was measured before under the same wish is not measured again."""
    asked: dict[str, Any] = {"format": FORMAT, "images": job.images, "clips": job.scale.clips}
    found: Figures = kept(job.folder.evaluation / "video.json", asked, partial(_measured, job, bench))
    return found


def _measured(job: Job, bench: Bench) -> Figures:
    model = open_model(job.folder)[0]
    assert isinstance(model, Upscaling)
    found = {f"{test}/psnr": psnr(middles(model, bench.clips(test)[0]), bench.clips(test)[1]).pooled
             for test in bench.tests}  # fmt: skip
    if isinstance(model, VESPCN) and any(True for _ in model.motion.parameters()):
        found |= {f"{speed:g}/flow": flow_error(model, bench, f"{speed:g}") for speed in SPEEDS}
    return {**found, "cpu_seconds": cpu_seconds(job.folder)}


def middles(model: Upscaling, small: Tensor) -> Tensor:
    """The model's middle frames, N x 3 x S x S in [-1, 1]; one that takes pictures sees those alone."""
    if not model.frames:
        return torch.cat([model.upscale(part[:, MIDDLE]) for part in small.split(CHUNK)])
    return torch.cat([model.upscale(part)[:, MIDDLE] for part in small.split(CHUNK)])


def flow_error(model: VESPCN, bench: Bench, test: str) -> float:
    """The mean distance of the model's flow from the true one, in small pixels."""
    small, _ = bench.clips(test)
    found = torch.cat([model.flow(part[:, MIDDLE], part[:, MIDDLE + 1]) for part in small.split(CHUNK)])
    return (found - bench.flow(test)).norm(dim=1).mean().item()
