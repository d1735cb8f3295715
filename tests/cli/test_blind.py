"""`facegan blind`, from two run folders to what people prefer."""

import json
import re
import socket
import threading
import time
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
import torch

from facegan.cli.main import main
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.protocols import PROTOCOLS
from facegan.evaluation.result import write_json
from facegan.evaluation.values import Values, values_file, write_values
from tests.evaluation.test_leaderboard import result
from tests.runs import tiny_run

DATA = ("data=twinfaces", "data.image_size=16", "data.size=64")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(port: int) -> None:
    """A person who always finds the left one better."""
    for _ in range(600):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/state")
            state = json.loads(connection.getresponse().read())
        except OSError:
            time.sleep(0.1)
            continue
        path, body = (
            ("/finish", {}) if state["pair"] is None else ("/choose", {"pair": state["pair"]["id"], "side": "left"})
        )
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        connection.getresponse().read()
        if path == "/finish":
            return


def test_choices_are_made_and_compared(here: Path, capsys: pytest.CaptureFixture[str], free_port: int) -> None:
    for name, error in (("one", 0.2), ("two", 0.7)):
        run = tiny_run(here / name, "genegan_quickstart", *DATA)
        path = run.evaluation / "twinfaces.json"
        now = PROTOCOLS["twinfaces"].version
        write_json(path, replace(result({"twin_error": error}), seed=770_117, version=now))
        key = "Eyeglasses", "adding", "twin_error"
        write_values(values_file(path), Values(each={key: Ratio.of(torch.full((9,), error))}, cases={}))
    person = threading.Thread(target=answer, args=(free_port,), daemon=True)
    person.start()
    words = ["blind", "one", "two", "faces=3", f"port={free_port}", "browser=0"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "1 person(s), 6 of 6 pairs answered, 6 with a preference" in said
    assert re.search(r"twin_error: \d+ % \[\d+, \d+\] of 3 pairs", said)
    found = json.loads((here / "blind" / "one-vs-two" / "agreement.json").read_text())
    assert (found["answered"], found["measures"][0]["pairs"]) == (6, 3)
    assert main(words) == 0  # all is answered: nothing is served, the same is said again
    assert "6 of 6 pairs answered" in capsys.readouterr().out


def test_bad_input_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_run(here / "one", "genegan_quickstart", *DATA)
    (here / "theirs").mkdir()
    (here / "theirs" / "entry.json").write_text("{}")
    wrongs = {
        "two runs are compared; 1 named": ["one"],
        "is no run folder": ["one", "nowhere"],
        "manifest=FILE": ["one", "theirs"],
        "faces=0": ["one", "one", "faces=0"],
        "faces=few: a whole number": ["one", "one", "faces=few"],
        "unknown protocol": ["one", "one", "protocol=twins"],
        "no such setting": ["one", "one", "colour=3"],
    }
    for said, words in wrongs.items():
        assert main(["blind", *words, "browser=0"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
    assert not (here / "blind").exists()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
