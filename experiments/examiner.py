"""Measures many runs by one protocol: judge, panel, embedder and faces loaded once, results kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import torch
from torch import Tensor

from experiments.runs import TrainingRun
from facegan.assemble import open_model
from facegan.cli.evaluate import result_of, title_of, write_all
from facegan.cli.standings import training_of
from facegan.config import compose_config, read_yaml
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import Direction
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.protocols import PROTOCOLS, Cases, Protocol
from facegan.evaluation.result import Result
from facegan.evaluation.result_file import read_result
from facegan.evaluation.settings import Settings, settings_of
from facegan.evaluation.twin_cases import TwinCase, TwinCases
from facegan.evaluation.values import values_file
from facegan.evaluation.witnesses import Witnesses, find_witnesses

PROTOCOL = PROTOCOLS["twinfaces"]


class KeptCases(TwinCases):
    """The same cases, whose chunks are rendered once for all models that are asked."""

    def __init__(self, cases: TwinCases) -> None:
        vars(self).update(vars(cases))
        self._chunks: dict[tuple[int, int], TwinCase] = {}

    def at(self, numbers: Tensor | slice) -> TwinCase:
        """Some of the cases; those of a chunk are kept."""
        if isinstance(numbers, Tensor):
            return super().at(numbers)
        key = numbers.start, numbers.stop
        if key not in self._chunks:
            case = super().at(numbers)
            self._chunks[key] = replace(case, same=cache(case.same))
        return self._chunks[key]


@dataclass(frozen=True, kw_only=True)
class Examiner:
    """protocol: its cases are made once for all runs. source: the faces that are measured on."""

    protocol: Protocol
    source: FaceSource
    settings: Settings
    witnesses: Callable[[tuple[str, ...]], Witnesses]

    @classmethod
    def of(
        cls,
        *,
        image_size: int,
        faces: int,
        line_faces: int,
        quick: bool = False,
        protocol: Protocol = PROTOCOL,
        splits: Splits | None = None,
    ) -> "Examiner":
        """With the witnesses that `facegan evaluate` asks, each set of attributes' loaded once.

        faces: in each direction. line_faces: the first of them, for what needs many renders of each face. quick: as
        there. splits: of photographs, where the protocol draws no faces.
        """
        taken = protocol.splits(splits or _none, image_size)
        numbers = [f"faces={faces}", f"line_faces={min(line_faces, faces)}"]
        return cls(
            protocol=replace(protocol, cases=cache(partial(_kept, protocol))),
            source=taken("test"),
            settings=settings_of(compose_config("evaluate", [f"evaluation={protocol.name}", *numbers])),
            witnesses=cache(partial(find_witnesses, taken, quick=quick)),
        )

    def all(self, jobs: Sequence[TrainingRun], tick: Callable[[int], None]) -> dict[str, Result]:
        """By name, the results of trained runs; what was measured before by the same measure is not measured again."""
        results = {}
        for number, job in enumerate(jobs):
            results[job.name] = self.measured(job) or self._measure(job)
            tick(number + 1)
        return results

    def _measure(self, job: TrainingRun) -> Result:
        model, config, _ = open_model(job.folder)
        witnesses, title = (
            self.witnesses(self.protocol.attributes(model.attributes)),
            title_of(job.folder, model, config),
        )
        with torch.no_grad():
            found, outcome = result_of(self.protocol, model, self.source, witnesses, self.settings, title)
        write_all(job.folder.evaluation, found, outcome)
        return found

    def measured(self, job: TrainingRun) -> Result | None:
        """The result of a run that stands in its folder; None where there is none, or one by another measure."""
        path = job.folder.evaluation / f"{self.protocol.name}.json"
        if not (path.is_file() and values_file(path).is_file()):
            return None
        found, config, settings = read_result(path), read_yaml(job.folder.config), self.settings
        witnesses = self.witnesses(self.protocol.attributes(tuple(config["attributes"])))
        facts = witnesses.facts()
        asked = (self.protocol.version, settings.faces, settings.seed, witnesses.judge.key, facts, dict(found.training))
        seen = {name: found.details.get(name) for name in facts}
        there = (found.version, found.faces, found.seed, found.judge, seen, training_of(job.folder, config))
        return found if asked == there else None


def _kept(
    protocol: Protocol,
    source: FaceSource,
    attribute: str,
    direction: Direction,
    known: tuple[str, ...],
    settings: Settings,
) -> Cases:
    """Cases whose drawn faces stay rendered; photographs are at hand as they are."""
    cases = protocol.cases(source, attribute, direction, known, settings)
    return KeptCases(cases) if type(cases) is TwinCases else cases


def _none(split: str) -> FaceSource:
    raise UserError(f"the faces of {PROTOCOL.name} are drawn; it takes none from a run's own split {split!r}.")
