"""The protocol headline: all faces that no run learns from, the attributes that they tell, and why not others."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from facegan.cli.evaluate import chosen_there, notes_on
from facegan.cli.main import main
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.protocols import PROTOCOLS, check_edits
from facegan.evaluation.remarks import headline, one_sided
from facegan.evaluation.result import Figure
from facegan.evaluation.witnesses import HEADLINE
from facegan.training.run_folder import RunFolder
from tests.evaluation.editors import Editor
from tests.evaluation.test_command import quick_judges  # noqa: F401
from tests.photographs import celeba_folder
from tests.runs import tiny_run

PROTOCOL = PROTOCOLS["headline"]


class People(FaceSource):
    def __init__(self, attributes: tuple[str, ...], rows: list[list[int]]) -> None:
        self.name, self.attributes, self.image_size = "people", attributes, 16
        self.labels, self.identities = torch.tensor(rows).float(), torch.arange(len(rows))

    def images(self, index: Tensor) -> Tensor:
        return index[:, None, None, None].expand(-1, 3, 16, 16).to(torch.uint8)


def test_validation_and_test_are_measured_together_and_nothing_else_is_moved() -> None:
    parts = {name: People(("Smiling",), [[n]] * 3) for n, name in enumerate(("train", "validation", "test"))}
    splits = PROTOCOL.splits(parts.__getitem__, 16)
    assert splits("test").labels.flatten().tolist() == [1, 1, 1, 2, 2, 2]
    assert splits("train") is parts["train"]
    assert splits("validation") is parts["validation"]
    assert splits("test") is splits("test")


def test_it_asks_about_headline_attributes_alone() -> None:
    assert PROTOCOL.attributes(("Bald", "Smiling", "Mustache", "Young")) == ("Smiling", "Young")
    assert set(compose_config("train", ["experiment=headline", "data.root=x"])["attributes"]) == set(HEADLINE)
    assert compose_config("train", ["experiment=headline", "data.root=x"])["trainer"]["validate_every"] == 0


@pytest.mark.parametrize("beard", ["Mustache", "Goatee"])
def test_beards_are_refused_and_the_line_says_why_and_where(beard: str) -> None:
    model = Editor(lambda images: images, attributes=(beard,))
    with pytest.raises(
        UserError, match=r"hardly one has them.* protocol=twinfaces, and Mustache by protocol=phototwins"
    ):
        check_edits(PROTOCOL, model)
    with pytest.raises(UserError, match=r"asks about Smiling, .*Eyeglasses\)\.$"):
        check_edits(PROTOCOL, Editor(lambda images: images, attributes=("Bald",)))
    assert "hardly one has them" in headline(People(("Male",), [[0]]), ("Smiling", beard), ())[0]


def test_photographs_say_of_which_attributes_they_know_men_alone() -> None:
    known = ("Male", "Mustache", "Goatee", "Bald", "Young")
    source = People(known, [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
    said = one_sided(source, known)
    assert [line.split()[6] for line in said] == ["Mustache,", "Goatee,", "Bald,"]
    assert [line.partition("protocol=")[2] for line in said] == ["twinfaces or phototwins.", "twinfaces.", ""]
    assert one_sided(People(("Mustache",), [[1]]), ("Mustache",)) == ()


def figure(direction: str, count: int, value: float, line: str = "model") -> Figure:
    return Figure(
        measure="judged_success", attribute="Eyeglasses", direction=direction, line=line, value=value, count=count  # type: ignore[arg-type]
    )  # fmt: skip


def test_shares_of_few_faces_stand_with_their_interval() -> None:
    """Wilson's interval of 88 of 110."""
    figures = [figure("adding", 1_467, 0.9), figure("removing", 110, 0.8), figure("removing", 110, 0.1, "nothing")]
    (said,) = headline(People(("Male",), [[0]]), ("Eyeglasses",), figures)
    assert said == (
        "removing Eyeglasses is asked of 110 faces only: judged success 80.0 %, 95 % interval 71.6 to 86.4 %."
    )


def test_a_checkpoint_that_was_chosen_by_these_faces_is_said_to_be(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert chosen_there(PROTOCOL, folder) == ()
    folder.best.write_bytes(b"")
    assert "trainer.validate_every=0" in chosen_there(PROTOCOL, folder)[0]
    assert chosen_there(PROTOCOLS["photos"], folder) == ()


def test_the_command_measures_a_run_on_photographs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photographs = celeba_folder(tmp_path / "celeba", 32)
    data = ("data=celeba", f"data.root={photographs}", "data.image_size=16")
    run = tiny_run(tmp_path / "run", "genegan_quickstart", *data, "attributes=[Smiling]")
    assert main(["evaluate", f"run={run.root}", "protocol=headline", "rows=2", "quick=true", "threads=1"]) == 0
    found = json.loads((run.evaluation / "headline.json").read_text())
    adding = [f for f in found["figures"] if (f["measure"], f["direction"], f["line"]) == (
        "judged_success", "adding", "model",
    )]  # fmt: skip
    assert [f["count"] for f in adding] == [8]  # of 16 faces in two parts, half smile
    assert sum("is asked of 8 faces only" in warning for warning in found["warnings"]) == 2


def test_a_run_of_aligned_faces_is_said_to_be_measured_on_others(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for aligned, protocol, said in ((True, "twinfaces", 1), (False, "twinfaces", 0), (True, "photos", 0)):
        notes = notes_on(PROTOCOLS[protocol], folder, {"data": {"eyes_aligned": aligned}})
        assert len([note for note in notes if "aligned by their eyes" in note]) == said
    assert notes_on(PROTOCOLS["twinfaces"], folder, {"data": {}}) == ()
