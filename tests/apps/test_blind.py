"""Blind choices: nobody can tell the runs apart, nothing chosen is lost, and measures are held against people."""

import json
import threading
from collections.abc import Iterator
from functools import cache
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from facegan.apps.blind.agreement import agreements, preference
from facegan.apps.blind.choices import Choice, Choices, majority
from facegan.apps.blind.page import PAGE
from facegan.apps.blind.pairs import Pair, make_pairs
from facegan.apps.blind.server import Session, make_server
from facegan.errors import UserError
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.protocols import PROTOCOLS
from facegan.evaluation.settings import Settings
from facegan.evaluation.statistics.interval import Interval
from facegan.evaluation.values import Values
from tests.data.faces import Numbered
from tests.evaluation.editors import SIZE, Editor, Transferer

FACES = 6
ABOUT = {"first": ["a", "1"], "second": ["b", "2"], "seed": 0}


def picture(shade: int) -> Image.Image:
    return Image.new("RGB", (8, 8), (shade, shade, shade))


def pair(number: int, *, swapped: bool = False) -> Pair:
    """The first run's edit is dark, the second's light."""
    return Pair(
        attribute="Eyeglasses", direction="adding", number=number, source=picture(100), exemplar=None,
        edits=(picture(0), picture(255)), swapped=swapped,
    )  # fmt: skip


PAIRS = [pair(2, swapped=True), pair(0), pair(1)]


@cache
def made(seed: int, model: type[Editor] = Editor) -> list[Pair]:
    models = (model(lambda images: images * 0 - 1), model(lambda images: images * 0 + 1))
    protocol = PROTOCOLS["twinfaces"]
    source = protocol.splits(lambda split: Numbered(), SIZE)("test")
    return make_pairs(models, protocol, source, ("Eyeglasses",), Settings(faces=FACES, seed=77), seed=seed)


def test_both_runs_edit_the_same_faces_in_both_directions() -> None:
    pairs = made(0)
    assert sorted(one.id for one in pairs) == sorted(
        f"Eyeglasses/{way}/{number}" for way in ("adding", "removing") for number in range(FACES)
    )
    assert all([edit.getpixel((0, 0)) for edit in one.edits] == [(0, 0, 0), (255, 255, 255)] for one in pairs)


def test_the_seed_decides_order_and_sides() -> None:
    def told(pairs: list[Pair]) -> list[tuple[str, bool]]:
        return [(one.id, one.swapped) for one in pairs]

    assert told(made(1)) == told(made.__wrapped__(1))
    assert told(made(1)) != told(made(2))
    assert {one.swapped for one in made(1)} == {True, False}
    swapped = next(one for one in made(1) if one.swapped)
    assert swapped.sides == swapped.edits[::-1]


def test_an_exemplar_is_shown_only_where_a_run_looks_at_it() -> None:
    assert all(one.exemplar is None for one in made(0))
    assert {one.direction for one in made(0, Transferer) if one.exemplar is not None} == {"adding"}


def test_runs_without_a_common_attribute_are_refused() -> None:
    def same(images: Tensor) -> Tensor:
        return images

    models = (Editor(same), Editor(same, attributes=("Smiling",)))
    protocol = PROTOCOLS["twinfaces"]
    source = protocol.splits(lambda split: Numbered(), SIZE)("test")
    with pytest.raises(UserError, match="no attribute in common"):
        make_pairs(models, protocol, source, ("Eyeglasses",), Settings(faces=1, seed=7), seed=0)


def test_choices_name_the_run_behind_the_side(tmp_path: Path) -> None:
    choices = Choices(tmp_path, ABOUT, who="ann")
    choices.add(pair(0), "left")
    choices.add(pair(1, swapped=True), "left")
    choices.add(pair(2, swapped=True), "same")
    assert choices.mine() == {
        "Eyeglasses/adding/0": "first",
        "Eyeglasses/adding/1": "second",
        "Eyeglasses/adding/2": "same",
    }


def test_the_last_word_on_a_pair_counts_and_nothing_is_erased(tmp_path: Path) -> None:
    choices = Choices(tmp_path, ABOUT, who="ann")
    for side in ("left", None, "right"):
        choices.add(pair(0), side)  # type: ignore[arg-type]
    assert choices.mine() == {"Eyeglasses/adding/0": "second"}
    assert len((tmp_path / "choices.jsonl").read_text().splitlines()) == 3


def test_several_people_share_a_folder_and_a_line_cut_off_is_no_choice(tmp_path: Path) -> None:
    ann, bob = (Choices(tmp_path, ABOUT, who=who) for who in ("ann", "bob"))
    ann.add(pair(0), "left")
    bob.add(pair(0), "right")
    with open(tmp_path / "choices.jsonl", "a") as file:
        file.write('{"who": "bob", "pa')
    assert ann.by_person() == {"ann": {"Eyeglasses/adding/0": "first"}, "bob": {"Eyeglasses/adding/0": "second"}}


def test_a_choice_after_a_line_that_was_cut_off_is_kept(tmp_path: Path) -> None:
    choices = Choices(tmp_path, ABOUT, who="ann")
    choices.add(PAIRS[0], "left")
    with choices.path.open("a") as file:
        file.write('{"who": "ann", "pa')
    choices.add(PAIRS[1], "right")
    assert set(choices.mine()) == {PAIRS[0].id, PAIRS[1].id}


def test_a_folder_of_other_edits_is_refused(tmp_path: Path) -> None:
    Choices(tmp_path, ABOUT, who="ann")
    Choices(tmp_path, ABOUT, who="bob")
    with pytest.raises(UserError, match="other edits"):
        Choices(tmp_path, {**ABOUT, "second": ["b", "3"]}, who="ann")


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    choices = Choices(tmp_path, ABOUT, who="ann")
    (tmp_path / "choices.jsonl").write_text("nonsense\n")
    with pytest.raises(UserError, match="damaged: 'nonsense'"):
        choices.mine()


def test_a_pair_counts_once_by_most_people() -> None:
    people: list[dict[str, Choice]] = [
        {"a": "first", "b": "first", "c": "same"},
        {"a": "first", "b": "second", "c": "second"},
        {"a": "second", "c": "second"},
    ]
    assert majority(people) == {"a": "first", "b": "same", "c": "second"}


def values(error: list[float], psnr: float) -> Values:
    each = {
        ("Eyeglasses", "adding", "twin_error"): Ratio.of(torch.tensor(error)),
        ("Eyeglasses", "adding", "psnr"): Ratio.of(torch.full((len(error),), psnr)),
    }
    return Values(each=each, cases={})


def test_a_measure_agrees_where_it_prefers_what_people_prefer() -> None:
    """Of four decided pairs twin error prefers the same run in three and is even in none; PSNR always the second."""
    chosen: list[Choice] = ["first", "first", "second", "first", "same"]
    choices = {f"Eyeglasses/adding/{number}": choice for number, choice in enumerate(chosen)}
    first, second = values([0.1, 0.2, 0.9, 0.8, 0.1], 20.0), values([0.5] * 5, 21.0)
    found = {one.measure: one for one in agreements(choices, first, second)}
    assert (found["twin_error"].share.value, found["twin_error"].pairs) == (0.75, 4)
    assert (found["psnr"].share.value, found["psnr"].pairs) == (0.25, 4)
    assert found["twin_error"].verdict() == "not told from a coin"  # four pairs prove nothing
    assert preference(choices)[1] == 4
    assert preference(choices)[0].value == 0.75
    assert set(found) == {"twin_error", "psnr"}


def test_many_pairs_prove_agreement_and_its_opposite() -> None:
    choices: dict[str, Choice] = {f"Eyeglasses/adding/{number}": "first" for number in range(30)}
    good, bad = values([0.1] * 30, 30.0), values([0.9] * 30, 30.0)
    found = {one.measure: one for one in agreements(choices, good, bad)}
    assert found["twin_error"].verdict() == "agrees with people"
    assert found["psnr"].verdict() == "nothing to compare"  # it is even everywhere
    opposite = {one.measure: one for one in agreements(choices, bad, good)}
    assert opposite["twin_error"].verdict() == "contradicts people"
    assert opposite["twin_error"].share.value == 0.0
    assert isinstance(opposite["twin_error"].share, Interval)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(PAIRS, Choices(tmp_path, ABOUT, who="ann"))


@pytest.fixture
def server(session: Session) -> Iterator[ThreadingHTTPServer]:
    made = make_server(session, 0)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def asked(
    server: ThreadingHTTPServer,
    path: str,
    body: object = None,
    *,
    host: str = "127.0.0.1",
    kind: str = "application/json",
) -> tuple[int, Any]:
    """Status and answer; a body makes it a POST."""
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    content = None if body is None else json.dumps(body)
    headers = {"Host": host, **({"Content-Type": kind} if content else {})}
    connection.request("GET" if content is None else "POST", path, content, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, json.loads(text) if answer.headers.get_content_type() == "application/json" else text


def test_the_page_asks_for_nothing_from_elsewhere(server: ThreadingHTTPServer) -> None:
    assert asked(server, "/") == (200, PAGE)
    assert "http" not in PAGE.replace("http-equiv", "")
    assert all(key in PAGE for key in ("ArrowLeft", "ArrowRight", "ArrowDown", "Backspace"))


def test_a_person_goes_through_all_pairs_and_back(server: ThreadingHTTPServer, session: Session) -> None:
    _, state = asked(server, "/state")
    assert (state["done"], state["total"], state["pair"]["id"]) == (0, 3, "Eyeglasses/adding/2")
    _, state = asked(server, "/choose", {"pair": "Eyeglasses/adding/2", "side": "left"})
    assert (state["done"], state["pair"]["id"]) == (1, "Eyeglasses/adding/0")
    _, state = asked(server, "/back", {})
    assert (state["done"], state["pair"]["id"]) == (0, "Eyeglasses/adding/2")
    for name in ("2", "0", "1"):
        _, state = asked(server, "/choose", {"pair": f"Eyeglasses/adding/{name}", "side": "left"})
    assert (state["done"], state["pair"]) == (3, None)
    assert list(session.choices.mine().values()) == ["second", "first", "first"]
    assert not session.finished.is_set()
    asked(server, "/finish", {})
    assert session.finished.is_set()


def test_a_key_pressed_twice_answers_one_pair(server: ThreadingHTTPServer, session: Session) -> None:
    for _ in range(2):
        asked(server, "/choose", {"pair": "Eyeglasses/adding/2", "side": "left"})
    assert len(session.choices.mine()) == 1


def test_another_session_goes_on_where_the_last_one_stopped(session: Session, tmp_path: Path) -> None:
    session.choose("Eyeglasses/adding/2", "same")
    again = Session(PAIRS, Choices(tmp_path, ABOUT, who="ann"))
    assert again.state()["pair"]["id"] == "Eyeglasses/adding/0"
    other = Session(PAIRS, Choices(tmp_path, ABOUT, who="bob"))
    assert other.state()["pair"]["id"] == "Eyeglasses/adding/2"


def test_nothing_that_the_page_gets_says_which_run_is_which(server: ThreadingHTTPServer) -> None:
    _, state = asked(server, "/state")
    assert set(state["pair"]) == {"id", "question", "source", "exemplar", "left", "right"}
    assert not any(word in json.dumps(state) for word in ("swapped", "first", "second"))


@pytest.mark.parametrize(
    ("path", "body", "options", "status"),
    [
        ("/etc/passwd", None, {}, 404),
        ("/state", None, {"host": "evil.example"}, 403),
        ("/choose", {"pair": "x", "side": "left"}, {"host": "evil.example"}, 403),
        ("/choose", {"pair": "x", "side": "left"}, {"kind": "text/plain"}, 415),
        ("/choose", {"pair": "x", "side": "up"}, {}, 400),
        ("/choose", [1], {}, 400),
        ("/nowhere", {}, {}, 400),
    ],
)
def test_strange_requests_are_refused(
    path: str, body: object, options: dict[str, str], status: int, server: ThreadingHTTPServer, session: Session
) -> None:
    assert asked(server, path, body, **options)[0] == status
    assert not session.choices.mine()
