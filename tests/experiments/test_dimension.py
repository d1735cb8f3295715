"""The dimension experiment, end to end on a handful of tiny runs; its measures tell right from wrong."""

from pathlib import Path

import pytest
import torch

from experiments.chart import draw
from experiments.dimension import __main__ as command
from experiments.dimension.cases import STYLES, Cases, make_cases
from experiments.dimension.measuring import NOISES, Figure, disturbed, figures_of, measured
from experiments.dimension.plan import FACTORS, SCALES, Scale, all_jobs, frozen_styles
from experiments.dimension.report import Table, as_csv, as_markdown, panels
from experiments.runs import log_of, train_all, trained
from facegan.data.twinfaces.frozen import checked_frozen
from facegan.models.base import Model, verb

TINY = Scale(images=64, size=40, faces=6, image_size=16, free=(2,), seeds=(1,))


@pytest.fixture(scope="module")
def cases() -> Cases:
    return make_cases(TINY, 2)


def test_the_factors_become_free_one_by_one() -> None:
    for free in range(len(FACTORS) + 1):
        frozen = frozen_styles(free)["Eyeglasses"]
        assert set(FACTORS[:free]).isdisjoint(frozen)
        assert set(FACTORS[free:]) <= set(frozen)
        assert checked_frozen({"Eyeglasses": frozen})


@pytest.mark.parametrize("name", SCALES)
def test_both_models_see_as_many_faces(name: str) -> None:
    planned = all_jobs(SCALES[name], Path("runs"))
    assert len({job.name for job in planned}) == len(planned) == 30
    assert {f"trainer.images={SCALES[name].images}"} == {o for j in planned for o in j.overrides() if "r.images" in o}


def test_without_free_factors_all_glasses_are_one() -> None:
    still = make_cases(TINY, 0)
    assert torch.equal(still.twins, still.twins[:, :1].expand_as(still.twins))
    assert torch.equal(still.same, still.other)


def test_the_cases_are_what_they_are_called(cases: Cases) -> None:
    assert cases.twins.shape == (6, STYLES, 3, 16, 16)
    assert torch.equal(cases.wearing, cases.twins[:, 0])
    outside = ~cases.may[:, None].expand_as(cases.bare)
    for twin in cases.twins.unbind(1):
        assert torch.equal(twin[outside], cases.bare[outside])
    assert (cases.twins[:, 1:] != cases.twins[:, :1]).flatten(2).any(2).all()
    assert not torch.equal(cases.same, cases.wearing)
    assert not torch.equal(cases.same, cases.other)


def test_lines_to_read_the_scores_against(cases: Cases) -> None:
    """What does not know the own style errs, and a perfect edit in another style is never taken for it."""
    figures = figures_of(Carrier(cases), cases)
    assert by(figures, "own style found", "random") == 0
    assert by(figures, "error", "random") > 0.2
    assert by(figures, "error", "median") > 0.2


def test_noise_has_the_size_that_it_is_called_by() -> None:
    images = torch.zeros(4, 3, 32, 32)
    for noise in ("1", "2", "8"):
        assert float(disturbed(images, noise).std()) * 127.5 == pytest.approx(float(noise), rel=0.05)
    assert torch.equal(disturbed(images, "0"), images)
    fine = torch.linspace(-1, 1, 3000).reshape(1, 3, 10, 100)
    steps = (disturbed(fine, "8 bits") + 1) * 127.5
    assert torch.allclose(steps, steps.round(), atol=1e-3)
    assert float((disturbed(fine, "8 bits") - fine).abs().max()) <= 1 / 255 + 1e-6


class Smuggler(Model):
    """Takes glasses off perfectly but for a hundredth of them, by which it puts the very same on again."""

    paper, verb_parts = "none", ()
    share = 0.01

    def __init__(self, cases: Cases) -> None:
        super().__init__(image_size=16, attributes=("Eyeglasses",), weights={})
        self.bare = cases.bare

    @verb
    def edit(self, images: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        hidden = images - self.bare
        return self.bare + hidden * (self.share if float(target[0]) == 0 else 1 / self.share)


class Carrier(Smuggler):
    """Takes glasses off without a trace, and puts an exemplar's on: what an honest model does."""

    share = 0.0

    @verb
    def edit(self, images: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return self.bare

    @verb
    def transfer(self, images: torch.Tensor, exemplars: torch.Tensor, attribute: str) -> torch.Tensor:
        return exemplars


def by(figures: list[Figure], measure: str, route: str = "", noise: str = "") -> float:
    return next(f.value for f in figures if (f.measure, f.route, f.noise) == (measure, route, noise))


def test_a_smuggler_is_caught_by_noise(cases: Cases) -> None:
    figures = figures_of(Smuggler(cases), cases)
    assert by(figures, "error", "own", "0") < 0.01
    assert by(figures, "own style found", "own", "0") == 1
    assert by(figures, "error", "own", "8") > 1
    assert by(figures, "own style found", "own", "8") < 0.5
    assert by(figures, "error", "true", "0") == pytest.approx(1)
    assert by(figures, "trace") > 0
    assert by(figures, "removal error") == pytest.approx(0.01, abs=1e-4)


def test_an_honest_carrier_is_not_moved_by_noise(cases: Cases) -> None:
    figures = figures_of(Carrier(cases), cases)
    for noise in NOISES:
        assert by(figures, "own style found", "own", noise) == 1
        assert by(figures, "error", "own", noise) < 1e-6
    assert by(figures, "trace") == by(figures, "removal error") == 0


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The whole command on a run of 64 faces of each model, twice."""
    root = tmp_path_factory.mktemp("dimension")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(root / "cache"))
        patch.setitem(command.SCALES, "tiny", TINY)
        assert command.main(["scale=tiny", f"runs={root}", "jobs=2"]) == 0
        first = (root / "tiny" / "results.csv").read_text()
        checkpoint = root / "tiny" / "genegan-2-s1" / "last.safetensors"
        before = checkpoint.stat().st_mtime_ns
        assert command.main(["scale=tiny", f"runs={root}"]) == 0
        assert checkpoint.stat().st_mtime_ns == before  # what is finished is not done again
        assert (root / "tiny" / "results.csv").read_text() == first
    return root / "tiny", first


def test_one_command_does_it_all_and_nothing_twice(finished: tuple[Path, str]) -> None:
    folder, rows = finished
    planned = all_jobs(TINY, folder)
    assert all(trained(job) and measured(job) for job in planned)
    assert not trained(all_jobs(Scale(images=65, size=40, faces=6), folder)[0])
    assert measured(all_jobs(Scale(images=64, size=40, faces=7), folder)[0]) is None
    assert "genegan,2,error,same,2," in rows
    assert (folder / "figure.png").stat().st_size < 100_000
    assert (folder / "faces.jpg").stat().st_size < 300_000
    text = (folder / "table.md").read_text()
    assert "CycleGAN, from the true bare face | 2 |" in text


def invented(value: float) -> list[Figure]:
    """Figures as of a CycleGAN, all of one value."""
    measures, ways = ("error", "own style found"), ("own", "true")
    found = [Figure(m, route, noise, value) for m in measures for route in ways for noise in NOISES]
    found += [Figure(m, route, "", value) for m in measures for route in ("median", "random")]
    return [*found, Figure("removal error", "", "", value), Figure("trace", "", "", value)]


def test_a_table_shows_mean_and_interval_over_seeds(tmp_path: Path) -> None:
    planned = all_jobs(Scale(images=64, size=40, faces=6, free=(0, 1), models=("cyclegan",)), Path("runs"))
    table = Table({job: invented(0.5 + job.seed / 10) for job in planned})
    text = as_markdown(table)
    assert "| CycleGAN | 2 | 0.600 ± 0.248 | 0.600 ± 0.248 |" in text
    assert "| CycleGAN | 2 | – | 0.60 ± 0.25 |" in text  # where there is but one style, none can be found
    assert "GeneGAN" not in text
    assert "cyclegan,1,error,own,8,0.6000,0.2484,0.5000 0.6000 0.7000" in as_csv(table)
    draw(panels(table), tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size < 100_000


@pytest.mark.parametrize(
    ("given", "words"),
    [("scale=huge", "scale=huge"), ("size=small", "size: there are scale"), ("jobs=none", "jobs=none")],
)
def test_wishes_that_cannot_be_fulfilled_are_refused(given: str, words: str, capsys) -> None:
    assert command.main([given]) == 1
    assert words in capsys.readouterr().err


def test_a_run_that_fails_is_returned_and_its_log_says_why(tmp_path: Path) -> None:
    broken = Scale(images=64, size=40, faces=6, image_size=3, free=(0,), models=("cyclegan",), seeds=(0,))
    job = all_jobs(broken, tmp_path)[0]
    assert train_all([job], beside=1, root=tmp_path) == [job]
    assert "image_size=3" in log_of(job, tmp_path).read_text()


def test_help_says_what_can_be_asked(capsys) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
