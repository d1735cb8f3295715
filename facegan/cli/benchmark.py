"""`facegan benchmark`: freezes a protocol's requests, so that any model can answer them."""

import argparse
from pathlib import Path
from typing import Any

from facegan.attributes import positions
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.entries.export import export
from facegan.evaluation.entries.manifest import MANIFEST
from facegan.evaluation.protocols import PROTOCOLS, Protocol, protocol_for
from facegan.evaluation.settings import settings_of

EXAMPLES = """actions:
  export    write sources, exemplars and requests as PNG, with a manifest that holds a checksum for each file

examples:
  facegan benchmark export out=twinfaces-64                                 glasses, 1,000 requests in each direction
  facegan benchmark export out=small count=100 image_size=32
  facegan benchmark export out=two 'attribute=[Eyeglasses,Smiling]'

Answers are measured by: facegan evaluate edits=FOLDER manifest=out/manifest.json (see docs/benchmark.md)."""


def main(argv: list[str]) -> int:
    """Does what was asked for; returns 0."""
    parser = argparse.ArgumentParser(
        prog="facegan benchmark", description="Freeze a benchmark for models from elsewhere.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("action", choices=["export"], metavar="ACTION")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/benchmark.yaml")
    print(exported(parser.parse_intermixed_args(argv).overrides))
    return 0


def exported(overrides: list[str]) -> str:
    """Writes the folder and says what is in it."""
    wish = compose_config("benchmark", overrides)
    if not wish["out"]:
        raise UserError("where to? Name a new folder: facegan benchmark export out=FOLDER")
    protocol = protocol_for(wish["protocol"], _nothing)
    config = compose_config("benchmark", [f"evaluation={protocol.name}", *overrides])
    settings = settings_of(config if wish["count"] is None else {**config, "faces": wish["count"]})
    source = source_of(protocol, wish["image_size"])
    manifest = export(Path(str(wish["out"])), protocol, source, attributes_of(wish["attribute"], source), settings)
    return (
        f"{len(manifest.requests)} requests at {manifest.image_size} pixels, "
        f"protocol {manifest.protocol} v{manifest.version}: {Path(str(wish['out'])) / MANIFEST}"
    )


def source_of(protocol: Protocol, image_size: Any) -> FaceSource:
    """The faces of a protocol that needs no run. Raises UserError for one that measures on a run's own data set."""
    if type(image_size) is not int:
        raise UserError(f"image_size={image_size}: a whole number is needed.")
    drawn = [name for name, one in PROTOCOLS.items() if one.drawn]
    if not protocol.drawn:
        raise UserError(
            f"protocol={protocol.name} takes its faces from a run's own photographs, which are not ours to pass on; "
            f"choose {' or '.join(drawn)}."
        )
    return protocol.splits(_nothing, image_size)("test")


def attributes_of(wish: Any, source: FaceSource) -> tuple[str, ...]:
    """One attribute or several. Raises UserError for none, and for one that the faces do not have."""
    names = (wish,) if isinstance(wish, str) else tuple(wish or ())
    if not names:
        raise UserError("attribute=: name one at least, such as attribute=Eyeglasses.")
    positions(names, source.attributes)
    return names


def _nothing(split: str = "") -> FaceSource:
    raise UserError("protocol=: name one.")
