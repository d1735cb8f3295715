"""`facegan list`: everything of conf/, with what its classes say of themselves."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facegan.cli.list import KINDS
from facegan.cli.main import main
from facegan.cli.markdown import BEGIN, END, count_of, replace_made
from facegan.config import conf_dir
from facegan.errors import UserError

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


@pytest.fixture(scope="module", autouse=True)
def _models_once() -> Iterator[None]:
    """Building every model takes seconds, and each build is the same."""
    with pytest.MonkeyPatch.context() as patch:
        rows = list(KINDS["models"]())
        patch.setitem(KINDS, "models", lambda: iter(rows))
        yield


def listed(kind: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    assert main(["list", kind, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {f"{row['group']}={row['name']}" if "group" in row else row["name"]: row for row in rows}


def test_models_are_listed_as_their_papers_have_them(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed("models", capsys)
    assert set(rows) == {path.stem for path in (conf_dir() / "model").glob("*.yaml")}
    genegan = rows["genegan"]
    assert genegan["paper"] == "GeneGAN (Zhou et al., BMVC 2017)"
    assert genegan["verbs"] == ["reconstruct", "encode", "edit", "transfer"]
    assert genegan["parts"] == {
        "splitter": 2_629_120, "joiner": 6_305_283, "critic_has": 6_832_641, "critic_lacks": 6_832_641,
    }  # fmt: skip
    assert genegan["parameters"] == sum(genegan["parts"].values())
    assert all(row["description"] and "\n" not in row["description"] for row in rows.values())


def test_parts_show_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed("parts", capsys)
    assert {"encoder=dcgan", "decoder=unet", "discriminator=patch", "latent_discriminator=mlp"} <= set(rows)
    encoder = rows["encoder=genegan"]
    assert encoder["class"] == "facegan.networks.encoders.ConvEncoder"
    assert encoder["settings"]["width"] == 128  # the file's own
    assert encoder["settings"]["slope"] == 0.2  # the signature's
    assert "image_size" not in encoder["settings"]  # a fact
    assert not any(name.startswith(("loss", "optimizer", "data")) for name in rows)


def test_losses_data_and_experiments_are_all_there(capsys: pytest.CaptureFixture[str]) -> None:
    losses = listed("losses", capsys)
    assert set(losses) == {f"loss/{path.parent.name}={path.stem}" for path in (conf_dir() / "loss").rglob("*.yaml")}
    assert losses["loss/adversarial=wasserstein_gp"]["settings"]["sided"] == "two"
    assert set(listed("data", capsys)) == {f"data={path.stem}" for path in (conf_dir() / "data").glob("*.yaml")}
    assert set(listed("experiments", capsys)) == {path.stem for path in (conf_dir() / "experiment").glob("*.yaml")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_for_people(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", kind]) == 0
    said = capsys.readouterr().out
    wanted = {"models": "genegan", "parts": "encoder=dcgan", "losses": "loss/adversarial=hinge", "data": "data=celeba"}
    assert wanted.get(kind, "") in said


def test_an_unknown_kind_is_answered_with_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["list", "nonsense"])
    assert "models" in capsys.readouterr().err


def test_the_page_of_models_is_up_to_date(tmp_path: Path) -> None:
    """Where this fails: facegan list models --markdown docs/models.md."""
    text, again = PAGE.read_text(encoding="utf-8"), tmp_path / "models.md"
    again.write_text(text.partition(BEGIN)[0] + f"{BEGIN}\nold\n{END}" + text.partition(END)[2])
    assert main(["list", "models", "--markdown", str(again)]) == 0
    assert again.read_text() == text
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert {path.stem for path in (conf_dir() / "model").glob("*.yaml")} <= named


def test_what_is_made_can_be_printed_and_the_rest_of_a_page_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("facegan.cli.list.KINDS", {**KINDS, "models": lambda: iter([ROW])})
    assert main(["list", "models", "--markdown"]) == 0
    made = capsys.readouterr().out
    assert "| `mine` | a \\| b | edit | net 43 k | 43 k |" in made
    mine = tmp_path / "mine.md"
    mine.write_text(f"# Mine\n{BEGIN}\nold\n{END}\n\n## By hand\n")
    assert replace_made(mine, "new") == f"# Mine\n{BEGIN}\n\nnew\n\n{END}\n\n## By hand\n"


ROW = {
    "name": "mine", "paper": "a | b", "verbs": ["edit"], "parts": {"net": 43_210}, "parameters": 43_210,
    "takes": {"encoder": "small"}, "weighs_faces": False, "codes": [],
}  # fmt: skip


@pytest.mark.parametrize(("text", "line"), [(None, "cannot be read"), ("# Mine\n", "lacks the marker lines")])
def test_a_page_without_markers_is_refused(text: str | None, line: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    if text is not None:
        mine.write_text(text)
    with pytest.raises(UserError, match=line):
        replace_made(mine, "tables")


def test_only_models_are_made_into_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["list", "losses", "--markdown"])
    assert "--markdown is for models" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "said"), [(8_655_362, "8.66 M"), (43_210, "43 k"), (12, "12")])
def test_counts_are_for_people(count: int, said: str) -> None:
    assert count_of(count) == said
