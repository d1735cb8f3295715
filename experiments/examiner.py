"""Measures many runs by the protocol `twinfaces`: judge, panel, embedder and faces loaded once, results kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import torch
from torch import Tensor

from experiments.runs import TrainingRun
from facegan.assemble import open_model
from facegan.cli.evaluate import result_of, title_of, write_all
from facegan.cli.standings import training_of
from facegan.config import read_yaml
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import Direction
from facegan.evaluation.protocols import PROTOCOLS
from facegan.evaluation.result import Result
from facegan.evaluation.result_file import read_result
from facegan.evaluation.settings import Settings
from facegan.evaluation.twin_cases import FRESH_SEED, TwinCase, TwinCases
from facegan.evaluation.values import values_file
from facegan.evaluation.witnesses import Witnesses, find_witnesses

PROTOCOL = PROTOCOLS["twinfaces"]
CHUNK = 64


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
    """faces: in each direction. line_faces: the first of them, for what needs many renders of each face."""

    image_size: int
    faces: int
    line_faces: int
    witnesses: Callable[[tuple[str, ...]], Witnesses]

    @classmethod
    def of(cls, *, image_size: int, faces: int, line_faces: int, quick: bool = False) -> "Examiner":
        """With the witnesses that `facegan evaluate` asks, each set of attributes' loaded once; quick: as there."""
        find = cache(partial(find_witnesses, PROTOCOL.splits(_none, image_size), quick=quick))
        return cls(image_size=image_size, faces=faces, line_faces=min(line_faces, faces), witnesses=find)

    def all(self, jobs: Sequence[TrainingRun], tick: Callable[[int], None]) -> dict[str, Result]:
        """By name, the results of trained runs; what was measured before by the same measure is not measured again."""
        protocol, settings = replace(PROTOCOL, cases=cache(_kept)), self._settings()
        source = PROTOCOL.splits(_none, self.image_size)("test")
        results = {}
        for number, job in enumerate(jobs):
            found = self.measured(job)
            if found is None:
                model, config, _ = open_model(job.folder)
                witnesses, title = self.witnesses(model.attributes), title_of(job.folder, model, config)
                with torch.no_grad():
                    found, outcome = result_of(protocol, model, source, witnesses, settings, title)
                write_all(job.folder.evaluation, found, outcome)
            results[job.name] = found
            tick(number + 1)
        return results

    def measured(self, job: TrainingRun) -> Result | None:
        """The result of a run that stands in its folder; None where there is none, or one by another measure."""
        path = job.folder.evaluation / f"{PROTOCOL.name}.json"
        if not (path.is_file() and values_file(path).is_file()):
            return None
        found, config = read_result(path), read_yaml(job.folder.config)
        witnesses = self.witnesses(tuple(config["attributes"]))
        asked = (PROTOCOL.version, self.faces, FRESH_SEED, witnesses.judge.key, witnesses.facts(), dict(found.training))
        there = (
            found.version,
            found.faces,
            found.seed,
            found.judge,
            {k: found.details.get(k) for k in witnesses.facts()},
        )
        return found if asked == (*there, training_of(job.folder, config)) else None

    def _settings(self) -> Settings:
        return Settings(faces=self.faces, seed=FRESH_SEED, line_faces=self.line_faces, chunk=CHUNK)


def _kept(
    source: FaceSource, attribute: str, direction: Direction, known: tuple[str, ...], settings: Settings
) -> KeptCases:
    cases = PROTOCOL.cases(source, attribute, direction, known, settings)
    assert isinstance(cases, TwinCases)
    return KeptCases(cases)


def _none(split: str) -> FaceSource:
    raise UserError(f"the faces of {PROTOCOL.name} are drawn; it takes none from a run's own split {split!r}.")
