"""What end-to-end tests of experiments share."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.judges import Judge


def unlearned(known: tuple[str, ...], *, image_size: int) -> Judge:
    """A judge that spares its lesson, the same at each call."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = JudgeNetwork(block="residual", width=8, image_size=image_size, outputs=len(known)).eval()
    return Judge(network=network, attributes=known, accuracy={}, role="panel", key="none")


def done_twice(main: Callable[[list[str]], int], root: Path, *globs: str, jobs: int = 2) -> Sequence[Path]:
    """The whole command at scale=tiny, twice: what is finished is not done again. Returns what the globs find."""
    words = ["scale=tiny", f"runs={root}", f"jobs={jobs}"]
    assert main(words) == 0
    files = [path for each in globs for path in sorted(root.glob(each))]
    before = [path.stat().st_mtime_ns for path in files]
    assert files
    assert main(words) == 0
    assert [path.stat().st_mtime_ns for path in files] == before
    return files
