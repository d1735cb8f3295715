"""The correlation experiment, end to end on tiny runs; its measures tell what drags from what does not."""

from pathlib import Path

import pytest
import torch

from experiments.chart import draw
from experiments.correlation import __main__ as command
from experiments.correlation.measuring import TOLD, Exam, Figure, _asked, figures_of, make_exam, pulled_along
from experiments.correlation.plan import EMPTY, MARGINALS, PAIRS, SCALES, Scale, all_runs, phis
from experiments.correlation.report import Table, as_csv, as_markdown, panels
from experiments.kept import read_kept
from experiments.runs import trained
from experiments.systems import SYSTEMS
from facegan.data.twinfaces import ATTRIBUTES, TwinFaces, render, with_attribute
from facegan.evaluation.asking import DIRECTIONS
from facegan.models.base import Model, verb
from tests.experiments.commands import done_twice

TINY = Scale(
    images=64, size=60, faces=6, image_size=32, seeds=(0,), levels=(EMPTY,),
    systems={"Mustache": ("genegan", "fader")},
)  # fmt: skip


def labels_of(level: str) -> torch.Tensor:
    faces = TwinFaces(image_size=16, size=20_000, phi=phis(level), marginals=MARGINALS)
    return faces.labels


@pytest.mark.parametrize(("level", "phi"), [("0", 0.0), ("0.5", 0.5), ("0.9", 0.9), (EMPTY, 0.94)])
def test_the_pair_goes_together_as_planned_and_marginals_stay(level: str, phi: float) -> None:
    labels = labels_of(level)
    male, mustache = (labels[:, ATTRIBUTES.index(name)] for name in ("Male", "Mustache"))
    assert torch.corrcoef(torch.stack([male, mustache]))[0, 1] == pytest.approx(phi, abs=0.02)
    for name, share in MARGINALS.items():
        assert float(labels[:, ATTRIBUTES.index(name)].mean()) == pytest.approx(share, abs=0.02)
    women_with = int(((male == 0) & (mustache == 1)).sum())
    assert (women_with == 0) is (level == EMPTY)


def test_there_is_nothing_to_mend_without_correlation() -> None:
    for scale in SCALES.values():
        planned = all_runs(scale, Path("runs"))
        assert len({run.name for run in planned}) == len(planned)
        assert not [run for run in planned if run.mended and run.level == "0"]
        assert [run.seed for run in planned] == sorted(run.seed for run in planned)
    assert len(all_runs(SCALES["small"], Path("runs"))) == 78


def test_who_is_told_the_neighbour() -> None:
    for run in all_runs(SCALES["full"], Path("runs")):
        assert (PAIRS[run.attribute] in run.known) is not SYSTEMS[run.system].single
        assert (f"decorrelate.draws=[{run.attribute},{PAIRS[run.attribute]}]" in run.overrides()) is run.mended


class Perfect(Model):
    """Answers with the true twin, looked up by the face's place; `also` is given to everybody besides."""

    paper, verb_parts = "none", ()

    def __init__(self, exam: Exam, also: str | None = None) -> None:
        super().__init__(image_size=32, attributes=("Mustache",), weights={})
        self.exam, self.also = exam, also

    def answers(self, direction: str) -> torch.Tensor:
        case, value = self.exam.cases[direction], int(direction == "adding")
        faces = with_attribute(case.faces, "Mustache", value)
        return render(with_attribute(faces, self.also, 1) if self.also else faces, image_size=32)

    @verb
    def edit(self, images: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return self.answers("adding" if float(target[0]) else "removing")


@pytest.fixture(scope="module")
def exam(quick_witnesses: Path) -> Exam:
    return make_exam("Mustache", faces=6, image_size=32)


def by(figures: list[Figure], measure: str, direction: str, line: str = "edit") -> float:
    return next(f.value for f in figures if (f.measure, f.direction, f.line) == (measure, direction, line))


def test_true_twins_have_no_error_and_what_is_more_than_asked_has(exam: Exam) -> None:
    perfect, more = figures_of(Perfect(exam), exam), figures_of(Perfect(exam, also="Pale_Skin"), exam)
    assert by(perfect, "twin error", "removing") == pytest.approx(0, abs=1e-6)
    for measure in ("success", "pulled along"):
        assert by(perfect, measure, "removing") == by(perfect, measure, "removing", "twin")
    assert by(more, "twin error", "removing") > 0
    assert {f.measure for f in perfect if f.direction == "adding"} >= {"nearest style error", "drag", "entanglement"}


def test_faces_that_are_pulled_along_are_counted_among_those_without() -> None:
    before = torch.tensor([-1.0, -1.0, -1.0, 1.0, 1.0])
    after = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0])
    assert pulled_along(before, after, 1) == pytest.approx(1 / 3)
    assert pulled_along(before, after, 0) == pytest.approx(1 / 2)
    assert pulled_along(before, before, 1) == 0


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, quick_witnesses: Path) -> Path:
    """The whole command on four runs of 64 faces, twice."""
    root = tmp_path_factory.mktemp("correlation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(command.SCALES, "tiny", TINY)
        assert len(done_twice(command.main, root, "tiny/*/last.safetensors", "tiny/*/evaluation/correlation.json")) == 8
    return root / "tiny"


@pytest.mark.slow
def test_one_command_does_it_all_and_nothing_twice(finished: Path) -> None:
    planned = all_runs(TINY, finished)
    assert len(planned) == 4
    assert all(trained(run) and read_kept(run.folder.evaluation / "correlation.json", _asked(run)) for run in planned)
    text = (finished / "table.md").read_text()
    assert "**Adding Mustache. Systems for one attribute**" in text
    assert "| Fader Networks | empty | yes |" in text
    assert (finished / "figure.png").stat().st_size < 100_000
    assert "no face has Mustache=1, Male=0" in (finished / "logs" / f"{planned[1].name}.txt").read_text()


def invented(value: float, drag: float) -> list[Figure]:
    measures = {"success": value, "pulled along": value, "drag": drag, "entanglement": drag, "twin error": value}
    told = [Figure(TOLD, way, name, 0.75) for way in DIRECTIONS for name in PAIRS]
    told += [Figure(TOLD, way, name, 0.97) for way in DIRECTIONS for name in PAIRS.values()]
    ways = [(direction, line) for direction in DIRECTIONS for line in ("edit", "twin")]
    return [*told, *(Figure(measure, *way, value) for measure, value in measures.items() for way in ways)]


def test_a_table_says_of_how_many_seeds_something_is_known(tmp_path: Path) -> None:
    planned = all_runs(SCALES["small"], Path("runs"))
    figures = {run: invented(0.5 + run.seed / 10, 0.2 * run.seed if run.seed else float("nan")) for run in planned}
    table = Table(figures, planned[:1])
    text = as_markdown(table)
    assert "| GeneGAN | 0.9 | yes | 0.60 ± 0.25 | 0.60 ± 0.25 | 0.30 ± 1.27 (2 of 3) |" in text
    assert "> The panel tells Mustache with 75 % balanced accuracy only." in text
    assert f"Runs that failed and stand in no figure (1): {planned[0].name}" in text
    assert "genegan,Mustache,0.9,True,adding,success,edit,0.6000,0.2484,0.5000 0.6000 0.7000" in as_csv(table)
    assert [panel.title for panel in panels(table)] == ["Adding Mustache", "Adding Smiling"]
    draw(panels(table), tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size < 100_000


@pytest.mark.parametrize(("given", "words"), [("scale=huge", "scale=huge"), ("jobs=0", "jobs=0")])
def test_wishes_that_cannot_be_fulfilled_are_refused(given: str, words: str, capsys) -> None:
    assert command.main([given]) == 1
    assert words in capsys.readouterr().err
