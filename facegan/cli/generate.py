"""`facegan generate`: new faces that show what is asked for."""

from pathlib import Path

import facegan
from facegan.cli.results import Results, barred
from facegan.cli.words import Settings, Words, asked_name, opted_in, parse_words
from facegan.errors import UserError

EXAMPLES = """examples:
  facegan generate run=runs/semilatent-s0                           16 faces, whatever comes
  facegan generate run=runs/semilatent-s0 Smiling=1 Male=0          16 smiling women
  facegan generate run=runs/semilatent-s0 Smiling=0 Male=0          the same, serious
  facegan generate run=runs/semilatent-s0 count=100 seed=7 output=faces/
  facegan generate run=runs/infogan-s0 category0=3                  a model without labels is asked by its codes

settings:
  run=FOLDER           the trained run (needed)
  NAME=1, NAME=0       an attribute of the run that all faces shall show or not; the others are left to chance
  count=16             how many faces
  seed=0               which faces: number 3 of a seed is the same however many are made
  output=generated     the folder for the results, <what was asked>-seed<seed>-<number>.png
  device=cpu           or cuda
  plugins=PACKAGE      your own package that the run's parts come from; several with a comma between

`facegan list models` shows which models generate."""

SETTINGS = Settings(run=None, output="generated", count=16, seed=0, device="cpu", plugins=None)


def main(argv: list[str]) -> int:
    """Generates; 0 when all went well."""
    words = parse_words(
        argv, SETTINGS, command="generate", does="Make new faces with a trained run.", examples=EXAMPLES,
        metavar="NAME=1 | KEY=VALUE",
    )  # fmt: skip
    if words.bare:
        raise UserError(f"{words.bare[0]}: new faces are made of no photo; say NAME=1, or KEY=VALUE.")
    generate(words)
    return 0


def generate(words: Words) -> None:
    """Makes the faces, one after the other, each into its file."""
    settings, results = words.settings, Results()
    editor = facegan.load(settings["run"], device=settings["device"], plugins=opted_in(settings))
    editor.model.require("generate")
    editor.wish(words.others)
    count, seed, folder = settings["count"], settings["seed"], Path(settings["output"])
    if count < 1:
        raise UserError(f"count={count}: at least 1 face is wanted.")
    name = asked_name(words.others, f"seed{seed}")
    for number in barred(range(count), "generating", count):
        (face,) = editor.generate(1, words.others, seed=seed, start=number)
        results.save(face, folder / f"{name}-{number:04}.png")
    results.report("generated faces", folder)
