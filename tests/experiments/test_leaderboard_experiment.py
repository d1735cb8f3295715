"""The leaderboard's command, end to end on two tiny runs."""

from pathlib import Path

import pytest

from experiments.examiner import Examiner
from experiments.leaderboard import __main__ as command
from experiments.leaderboard.plan import MISSION, SCALES, Scale, all_runs
from experiments.leaderboard.tables import write_tables
from experiments.runs import trained
from experiments.systems import SYSTEMS, overrides_of
from facegan.cli.main import main as facegan
from facegan.evaluation.result_file import read_result

TINY = Scale(
    images=64, size=40, faces=4, line_faces=2, image_size=16, systems=("genegan", "vaegan"), seeds=1, others=1
)  # fmt: skip


@pytest.mark.parametrize("name", SCALES)
def test_every_system_sees_as_many_faces(name: str) -> None:
    planned, systems = all_runs(SCALES[name], Path("runs")), SCALES[name].systems
    assert len({job.name for job in planned}) == len(planned) == 5 * len(MISSION) + 3 * (len(systems) - len(MISSION))
    asked = {o for job in planned for o in job.overrides() if o.startswith(("trainer.images=", "attributes="))}
    assert asked == {f"trainer.images={SCALES[name].images}", "attributes=[Eyeglasses]"}


def test_whole_seeds_come_first() -> None:
    planned = all_runs(SCALES["full"], Path("runs"))
    assert {job.system for job in planned[: len(SYSTEMS)]} == set(SYSTEMS)
    assert [job.seed for job in planned] == sorted(job.seed for job in planned)


def test_a_shorter_run_anneals_as_a_longer_one() -> None:
    rise = [next(o for o in overrides_of("fader", n) if "wrong_class.over" in o) for n in (24_000, 48_000)]
    assert rise == [f"model.weights.autoencoder.wrong_class.over={n}" for n in (75, 150)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, quick_witnesses: Path) -> Path:
    """The whole command, twice."""
    root = tmp_path_factory.mktemp("leaderboard")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(command.SCALES, "tiny", TINY)
        assert command.main(["scale=tiny", f"runs={root}", "jobs=2"]) == 0
        made = [root / "tiny" / "genegan-s0" / name for name in ("last.safetensors", "evaluation/twinfaces.json")]
        before = [path.stat().st_mtime_ns for path in made]
        first = (root / "tiny" / "table.csv").read_text()
        assert command.main(["scale=tiny", f"runs={root}"]) == 0
        assert [path.stat().st_mtime_ns for path in made] == before  # what is finished is not done again
        assert (root / "tiny" / "table.csv").read_text() == first
    return root / "tiny"


@pytest.mark.slow
def test_one_command_makes_the_table(finished: Path) -> None:
    text = (finished / "table.md").read_text()
    assert "## Adding Eyeglasses" in text
    assert "| vaegan | 1 | 64 |" in text
    assert "failed" not in text
    assert text.count("reconstructions are below") == 1
    assert "Reconstruction of faces" not in text
    assert 10_000 < (finished / "table.html").stat().st_size < 1_000_000
    assert "data:image/jpeg" in (finished / "table.html").read_text()


@pytest.mark.slow
def test_faces_that_stay_rendered_change_no_figure(finished: Path) -> None:
    run = finished / "vaegan-s0"
    kept = read_result(run / "evaluation" / "twinfaces.json")
    assert facegan(["evaluate", f"run={run}", "faces=4", "line_faces=2"]) == 0
    again = read_result(run / "evaluation" / "twinfaces.json")
    assert len(kept.figures) > 30
    for one, other in zip(kept.figures, again.figures, strict=True):
        if one.measure not in ("images_per_second", "peak_memory"):
            assert repr(one) == repr(other)


@pytest.mark.slow
def test_what_was_measured_by_another_measure_is_measured_again(finished: Path) -> None:
    job = all_runs(TINY, finished)[0]
    for faces, there in ((4, True), (5, False)):
        examiner = Examiner.of(image_size=16, faces=faces, line_faces=2)
        assert (examiner.measured(job) is not None) is there


@pytest.mark.slow
def test_failed_runs_are_counted_and_named(finished: Path, tmp_path: Path) -> None:
    planned = all_runs(Scale(images=64, size=40, faces=4, image_size=16, systems=("genegan", "fader")), finished)
    assert [trained(job) for job in planned].count(True) == 1
    (finished / "vaegan-s0" / "broke.txt").write_text("loss is NaN")
    write_tables([*planned, all_runs(TINY, finished)[1]], tmp_path)
    text = (tmp_path / "table.md").read_text()
    assert "1 of 2 runs failed" in text
    assert "training broke: loss is NaN" in text
    assert "stand in no figure: fader-s0, genegan-s1" in text
