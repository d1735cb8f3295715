"""A small local server for one person's choices. It answers this machine alone, and never says which run is which."""

import base64
import io
import json
import threading
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

from facegan.apps.blind.choices import SIDES, Choices
from facegan.apps.blind.page import PAGE
from facegan.apps.blind.pairs import Pair

HOST = "127.0.0.1"
SHOWN = 320  # pixels, about; faces are enlarged by a whole number
LONGEST = 4096  # bytes of a request


class Session:
    """Which pair comes next. Thread-safe."""

    def __init__(self, pairs: Sequence[Pair], choices: Choices) -> None:
        self.pairs, self.choices = pairs, choices
        self.finished = threading.Event()
        self._lock = threading.Lock()

    def state(self) -> dict[str, Any]:
        """What the page shows: progress, and the next pair as data; None for it when all is done."""
        mine = self.choices.mine()
        done = sum(pair.id in mine for pair in self.pairs)
        pair = self._current(mine)
        return {"done": done, "total": len(self.pairs), "pair": None if pair is None else _shown(pair)}

    def choose(self, pair_id: str, side: str) -> dict[str, Any]:
        """Stores a choice and returns the next state; a second one for a pair that is answered already is left out."""
        with self._lock:
            pair = self._current(self.choices.mine())
            if pair is not None and pair.id == pair_id:
                self.choices.add(pair, next(one for one in SIDES if one == side))
            return self.state()

    def back(self) -> dict[str, Any]:
        """Takes the last choice back and returns the state, which is at that pair again."""
        with self._lock:
            mine = self.choices.mine()
            known = {pair.id: pair for pair in self.pairs}
            last = next((known[name] for name in reversed(mine) if name in known), None)
            if last is not None:
                self.choices.add(last, None)
            return self.state()

    def finish(self) -> dict[str, Any]:
        """The person is done: whoever waits may go on."""
        self.finished.set()
        return self.state()

    def _current(self, mine: Mapping[str, str]) -> Pair | None:
        return next((pair for pair in self.pairs if pair.id not in mine), None)


def make_server(session: Session, port: int) -> ThreadingHTTPServer:
    """The server, bound but not yet serving; port 0 takes a free one. Raises OSError where the port is taken."""

    class Handler(_Handler):
        asked = session

    return ThreadingHTTPServer((HOST, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    asked: Session

    def do_GET(self) -> None:
        """The page, or where it stands."""
        if not self._from_here():
            return
        if self.path == "/":
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", PAGE.encode())
        elif self.path == "/state":
            self._json(self.asked.state())
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """A choice, a step back, or the end. JSON only, which no page of another site can send unasked."""
        if not self._from_here():
            return
        if self.headers.get_content_type() != "application/json":
            return self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(min(max(length, 0), LONGEST)) or b"{}")
            if self.path == "/choose" and body["side"] in SIDES:
                return self._json(self.asked.choose(str(body["pair"]), body["side"]))
            if self.path == "/back":
                return self._json(self.asked.back())
            if self.path == "/finish":
                return self._json(self.asked.finish())
        except (ValueError, KeyError, TypeError):
            pass
        return self._refuse(HTTPStatus.BAD_REQUEST)

    def _from_here(self) -> bool:
        """Whether the browser was sent to this machine by its own name: a foreign name may be another site's trick."""
        if self.headers.get("Host", "").split(":")[0] in (HOST, "localhost"):
            return True
        self._refuse(HTTPStatus.FORBIDDEN)
        return False

    def _json(self, values: Mapping[str, Any]) -> None:
        self._answer(HTTPStatus.OK, "application/json", json.dumps(values).encode())

    def _refuse(self, status: HTTPStatus) -> None:
        self._answer(status, "text/plain", status.phrase.encode())

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'self' 'unsafe-inline' data:")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """The terminal stays quiet."""


def _shown(pair: Pair) -> dict[str, Any]:
    left, right = pair.sides
    return {
        "id": pair.id,
        "question": question(pair),
        "source": _data(pair.source),
        "exemplar": None if pair.exemplar is None else _data(pair.exemplar),
        "left": _data(left),
        "right": _data(right),
    }


def question(pair: Pair) -> str:
    """What was asked of both runs."""
    name = pair.attribute.replace("_", " ")
    if pair.direction == "removing":
        return f"Remove: {name}. All else should stay as it is."
    like = ", as the exemplar has it" if pair.exemplar is not None else ""
    return f"Add: {name}{like}. All else should stay as it is."


def _data(picture: Image.Image) -> str:
    side = picture.width * max(1, round(SHOWN / picture.width))
    buffer = io.BytesIO()
    picture.resize((side, side), Image.Resampling.BICUBIC).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
