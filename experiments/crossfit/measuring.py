"""Each run before two judges of one recipe: one learned from the run's own half of the persons, one from the other.

Both are asked by the protocol `photos`, on the test split: the first as its judge, the other as its second one.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cache, partial
from typing import Any

from experiments.crossfit.plan import HALVES, Job, Scale
from experiments.kept import kept
from facegan.assemble import make_source, open_model
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import RECIPES, Judge
from facegan.evaluation.protocols import PROTOCOLS, run_protocol
from facegan.evaluation.settings import Settings

FORMAT = 1
PROTOCOL = PROTOCOLS["photos"]
# The measures of the protocol by what they are here.
SAID = {
    "judged_success": "own", "second_success": "other",
    "corrected_success": "own_corrected", "second_corrected_success": "other_corrected",
}  # fmt: skip
Figures = Mapping[str, float]


class Bench:
    """The judges of either half, each made when it is first asked for, and the faces of the test split."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.splits: Callable[[int], Splits] = cache(self._splits)
        self.judge: Callable[[int, int], Judge] = cache(self._judge)

    def _splits(self, half: int) -> Splits:
        config = {**compose_config("evaluate", list(self.scale.data))["data"], "half": half}

        def split(name: str) -> FaceSource:
            return make_source({"data": config, "plugins": ()}, name)

        return cache(split)

    def _judge(self, half: int, seed: int) -> Judge:
        """Of the recipe by which the project's own judge is trained, from another beginning for each seed."""
        recipe = replace(RECIPES["report"], seed=RECIPES["report"].seed + seed)
        return find_judge(self.splits(half), self.scale.attributes, "report", recipe=recipe)

    def asked(self, job: Job) -> dict[str, Any]:
        """All that a figure depends on."""
        judges = [self.judge(half, job.seed).key for half in HALVES]
        wish = {name: value for name, value in asdict(self.scale).items() if name != "seeds"}
        attributes = list(self.scale.attributes)  # as JSON has them
        return {"format": FORMAT, "protocol": PROTOCOL.version, "judges": judges, **wish, "attributes": attributes}


def measured(job: Job, bench: Bench) -> Figures:
    """The figures of a run; what was measured before under the same wish is not measured again."""
    found: Figures = kept(job.folder.evaluation / "crossfit.json", bench.asked(job), partial(_measured, job, bench))
    return found


def _measured(job: Job, bench: Bench) -> Figures:
    """Shares by attribute, direction and judge; and the balanced accuracy of both judges by attribute."""
    own, other = bench.judge(job.half, job.seed), bench.judge(1 - job.half, job.seed)
    model, source = open_model(job.folder)[0], bench.splits(job.half)("test")
    settings = Settings(faces=job.scale.faces, seed=0, line_faces=1, rows=1)
    outcome = run_protocol(PROTOCOL, model, source, own, settings, second=other)
    shares = {
        f"{figure.attribute}/{figure.direction}/{SAID[figure.measure]}": figure.value
        for figure in outcome.figures
        if figure.measure in SAID and figure.line == "model"
    }
    accuracy = {
        f"{name}/accuracy/{who}": judge.accuracy[name].balanced
        for who, judge in {"own": own, "other": other}.items()
        for name in job.scale.attributes
    }
    return {**shares, **accuracy}
