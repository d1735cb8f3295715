"""`facegan blind`: side-by-side choices between two runs' edits, and whether the measures agree with them."""

import argparse
import json
import sys
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facegan.apps.blind.agreement import agreements, preference
from facegan.apps.blind.choices import Choice, Choices, majority
from facegan.apps.blind.pairs import Pair, make_pairs
from facegan.apps.blind.server import HOST, Session, make_server
from facegan.assemble import make_source, open_model
from facegan.cli.words import Settings, opted_in, split_words
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.entries.entry import ENTRY, read_entry
from facegan.evaluation.entries.manifest import check_files, read_manifest
from facegan.evaluation.entries.pictures import open_pictures
from facegan.evaluation.protocols import Protocol, check_edits, protocol_for
from facegan.evaluation.result_file import read_result
from facegan.evaluation.settings import settings_of
from facegan.evaluation.statistics.interval import Interval
from facegan.evaluation.values import Values, read_values, values_file
from facegan.files import file_checksum, write_text
from facegan.models.base import Model
from facegan.training.run_folder import RunFolder

EXAMPLES = """examples:
  facegan blind runs/genegan-s0 runs/fader-s0                 20 faces in each direction
  facegan blind runs/genegan-s0 runs/fader-s0 who=ann         another person, who sees the same pairs
  facegan blind runs/genegan-s0 theirs manifest=bench/manifest.json     against an entry from elsewhere

settings:
  faces=20             in each direction, of each attribute that both know
  protocol=NAME        whose faces are shown; by default that of the first run's data set
  who=me               whose choices these are
  seed=0               shuffles pairs and sides
  out=FOLDER           where choices.jsonl lies; by default blind/<run>-vs-<run>
  port=8765            of the page, which this machine alone can open
  browser=1            0 does not open it
  manifest=FILE        the benchmark that an entry's pictures were made for
  plugins=PACKAGE      your own package that a run's parts come from; several with a comma between

Left and right arrow choose, down finds no difference, backspace goes back. Stop at any time: the same command goes on.
When all pairs are answered the choices are compared with the measures of both evaluations."""

SETTINGS = Settings(
    faces=20, protocol=None, who="me", seed=0, out=None, port=8765, browser=1, manifest=None, plugins=None
)


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A run, or an entry from elsewhere. mark: changes with what made its edits."""

    folder: Path
    model: Model
    mark: str
    config: Mapping[str, Any] | None


def main(argv: list[str]) -> int:
    """Serves the page until all is answered or the person stops; then says what came of it."""
    parser = argparse.ArgumentParser(
        prog="facegan blind", description="Side-by-side choices between two runs' edits of the same faces.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("words", nargs="+", metavar="RUN | KEY=VALUE", help="two runs, and settings; see below")
    words = split_words(parser.parse_args(argv).words, SETTINGS)
    if words.others:
        raise UserError(f"{next(iter(words.others))}: no such setting; there are: {', '.join(SETTINGS)}.")
    if len(words.bare) != 2:
        raise UserError(f"two runs are compared; {len(words.bare)} named: facegan blind RUN RUN")
    wish = words.settings
    first, second = (opened(Path(word), wish["manifest"], opted_in(wish)) for word in words.bare)
    protocol, pairs, seed = prepared(first, second, wish)
    names = [one.folder.resolve().name for one in (first, second)]
    out = Path(wish["out"] or Path("blind") / "-vs-".join(names))
    choices = Choices(out, session_of(first, second, protocol, pairs, wish), who=wish["who"])
    complete = serve(Session(pairs, choices), wish)
    report(out, (first, second), protocol, seed, choices.by_person(), len(pairs))
    return 0 if complete else 130


def opened(folder: Path, manifest: str | None, plugins: Sequence[str] = ()) -> Contender:
    """One side. Raises UserError for a folder that is neither of a run nor of an entry."""
    if not (folder / ENTRY).is_file():
        run = RunFolder(folder)
        model, config, _ = open_model(run, plugins=plugins)
        return Contender(folder=folder, model=model, mark=file_checksum(run.checkpoint()), config=config)
    if manifest is None:
        raise UserError(f"{folder} is an entry: name the benchmark that it answers, manifest=FILE.")
    path = Path(manifest)
    found = read_manifest(path)
    check_files(path, found)
    model = open_pictures(folder, found, path.parent, read_entry(folder))
    return Contender(folder=folder, model=model, mark=file_checksum(folder / ENTRY), config=None)


def prepared(first: Contender, second: Contender, wish: Mapping[str, Any]) -> tuple[Protocol, list[Pair], int]:
    """The protocol, its pairs and its seed. Raises UserError where the two cannot be asked for the same edits."""
    sizes = [one.model.image_size for one in (first, second)]
    if sizes[0] != sizes[1]:
        raise UserError(
            f"{first.folder} edits {sizes[0]} pixels and {second.folder} {sizes[1]}: anyone could tell them apart."
        )
    config = first.config or second.config

    def split(name: str) -> FaceSource:
        if config is None:
            raise UserError("two entries have no data set of their own; name the protocol=.")
        return make_source({**config, "plugins": opted_in(wish)}, name)

    protocol = protocol_for(wish["protocol"], lambda: split("test"))
    for one in (first, second):
        check_edits(protocol, one.model)
    overrides = [f"evaluation={protocol.name}", f"faces={wish['faces']}"]
    settings = settings_of(compose_config("evaluate", overrides))
    source = protocol.splits(split, sizes[0])("test")
    models = (first.model, second.model)
    pairs = make_pairs(models, protocol, source, first.model.attributes, settings, seed=wish["seed"])
    return protocol, pairs, settings.seed


def session_of(
    first: Contender, second: Contender, protocol: Protocol, pairs: Sequence[Pair], wish: Mapping[str, Any]
) -> dict[str, Any]:
    """What the choices of a folder are about: whoever goes on must mean the same."""
    return {
        "format": 1,
        "first": [first.folder.name, first.mark],
        "second": [second.folder.name, second.mark],
        "protocol": [protocol.name, protocol.version],
        "seed": wish["seed"],
        "pairs": len(pairs),
    }


def serve(session: Session, wish: Mapping[str, Any]) -> bool:
    """Serves until the person is done; False where they stopped before. Nothing is served where all is answered."""
    if session.state()["pair"] is None:
        return True
    try:
        server = make_server(session, wish["port"])
    except OSError as error:
        raise UserError(f"port={wish['port']} cannot be used ({error.strerror}); choose another.") from error
    address = f"http://{HOST}:{server.server_address[1]}/"
    print(f"choose at {address} (stop with Ctrl-C; the same command goes on)", file=sys.stderr, flush=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    if wish["browser"]:
        webbrowser.open(address)
    try:
        session.finished.wait()
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        server.shutdown()
        server.server_close()
    return session.state()["pair"] is None


def report(
    out: Path,
    sides: tuple[Contender, Contender],
    protocol: Protocol,
    seed: int,
    people: Mapping[str, Mapping[str, Choice]],
    total: int,
) -> None:
    """Prints what people prefer and which measures agree, and writes agreement.json."""
    choices = majority(list(people.values()))
    share, decided = preference(choices)
    first, second = sides
    print(f"{len(people)} person(s), {len(choices)} of {total} pairs answered, {decided} with a preference")
    print(f"{first.folder} preferred to {second.folder}: {_percent(share)}")
    one_side, other_side = (_values(one, protocol, seed) for one in sides)
    found = agreements(choices, one_side, other_side) if one_side and other_side else []
    for one in found:
        print(f"  {one.measure}: {_percent(one.share)} of {one.pairs} pairs; {one.verdict()}")
    if not found:
        print(
            "  no measures to compare with: evaluate both (facegan evaluate run=FOLDER), then give this command again"
        )
    entries = [
        {"measure": one.measure, "pairs": one.pairs, **_plain(one.share), "verdict": one.verdict()} for one in found
    ]
    made = {"people": len(people), "answered": len(choices), "decided": decided, "first_preferred": _plain(share)}
    write_text(out / "agreement.json", json.dumps({"format": 1, **made, "measures": entries}, indent=2) + "\n")
    print(f"choices: {out / 'choices.jsonl'}\nagreement: {out / 'agreement.json'}")


def _values(one: Contender, protocol: Protocol, seed: int) -> Values | None:
    """The figures of single faces, where they are of the faces that were shown."""
    path = one.folder / "evaluation" / f"{protocol.name}.json"
    if not path.is_file() or not values_file(path).is_file():
        return None
    result = read_result(path)
    return read_values(values_file(path)) if (result.version, result.seed) == (protocol.version, seed) else None


def _percent(share: Interval) -> str:
    if share.value != share.value:
        return "–"
    return f"{100 * share.value:.0f} % [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _plain(share: Interval) -> dict[str, float | None]:
    """JSON knows no NaN."""
    values = {"share": share.value, "low": share.low, "high": share.high}
    return {name: value if value == value else None for name, value in values.items()}
