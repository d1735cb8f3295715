"""Reads a result back."""

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from facegan.errors import UserError
from facegan.evaluation.judges import Accuracy
from facegan.evaluation.result import FORMAT, Figure, Result


def read_result(path: Path) -> Result:
    """The result of one evaluation. Raises UserError for a file that is damaged, or of a newer format."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] > FORMAT:
            raise UserError(f"{path} has format {found['format']}; this facegan reads up to {FORMAT}.")
        judges = {name: Accuracy(**_numbers(values)) for name, values in found["judge_accuracy"].items()}
        figures = tuple(Figure(**_numbers(figure)) for figure in found["figures"])
        known = {field.name: found[field.name] for field in fields(Result) if field.name in found}
        lists = {name: tuple(known[name]) for name in ("attributes", "warnings")}
        return Result(**{**known, **lists, "judge_accuracy": judges, "figures": figures})
    except (OSError, json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is damaged or no result of an evaluation ({error}); evaluate again.") from error


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN: null stands for it."""
    return {name: math.nan if value is None else value for name, value in values.items()}
