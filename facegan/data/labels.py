"""Tables of labels: files, their attributes in {0, 1} with NaN for unknown, persons and parts."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facegan.data.counter import stream_key
from facegan.data.errors import DataError, some

FILE_COLUMNS = ("file", "image", "image_id", "filename", "path")
_UNKNOWN = ("", "nan", "na", "n/a", "none", "null", "?")
_WORDS = {"true": 1.0, "false": 0.0}

Columns = Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """One row a file.

    attributes: the K names. values: N x K float32 in {0, 1}, NaN where unknown. identities: N int64, -1 where unknown.
    parts: N words or numbers that name each file's part, or None where the table does not say.
    """

    files: tuple[str, ...]
    attributes: tuple[str, ...]
    values: npt.NDArray[np.float32]
    identities: npt.NDArray[np.int64]
    parts: tuple[str, ...] | None = None


def unlabelled(files: Sequence[str]) -> LabelTable:
    """A table that knows nothing but the files."""
    count = len(files)
    values, identities = np.empty((count, 0), dtype=np.float32), np.full(count, -1, dtype=np.int64)
    return LabelTable(files=tuple(files), attributes=(), values=values, identities=identities)


def read_table(
    path: Path,
    *,
    file_column: str | None = None,
    attributes: Sequence[str] | None = None,
    identity_column: str = "identity",
    split_column: str = "split",
) -> LabelTable:
    """A CSV or parquet table with a column of files and a column for each attribute, in 0/1 or -1/1, empty for unknown.

    file_column: found by its name (FILE_COLUMNS) if None. attributes: all other columns if None. identity_column and
    split_column are used where they are there. Raises DataError for missing columns, doubled rows and other values.
    """
    columns = _columns(path)
    file_column = _file_column(columns, file_column, path)
    special = (file_column, identity_column, split_column)
    names = tuple(attributes) if attributes is not None else tuple(name for name in columns if name not in special)
    absent = [name for name in names if name not in columns]
    if absent:
        raise DataError(f"{path} has no column {some(absent)}; it has {', '.join(columns)}.")
    files = tuple(str(value).strip() for value in columns[file_column])
    refuse_doubles(files, path)
    return LabelTable(
        files=files,
        attributes=names,
        values=binary({name: numbers(columns[name], name, path) for name in names}, len(files), path),
        identities=identities(columns.get(identity_column), len(files)),
        parts=tuple(str(part) for part in columns[split_column]) if split_column in columns else None,
    )


def refuse_doubles(files: Sequence[str], path: Path) -> None:
    """Raises DataError where a file has more than one row."""
    doubles = [name for name, times in Counter(files).items() if times > 1]
    if doubles:
        raise DataError(f"{path} names {len(doubles)} files more than once ({some(doubles)}): keep one row of each.")


def numbers(values: Sequence[object], name: str, path: Path) -> npt.NDArray[np.float32]:
    """A column as numbers, NaN where empty. Raises DataError with the count and the first value that is no number."""
    parsed = [_number(value) for value in values]
    wrong = [str(value) for value, number in zip(values, parsed, strict=True) if number is None]
    if wrong:
        raise DataError(
            f"column {name!r} of {path} has {len(wrong)} values that are no number, such as {wrong[0]!r}: "
            "name the columns to read with `attributes`, or mend it."
        )
    return np.array(parsed, dtype=np.float32)


def binary(columns: Mapping[str, npt.NDArray[np.float32]], rows: int, path: Path) -> npt.NDArray[np.float32]:
    """Columns in 0/1 or in -1/1 (one of the two in the whole table) as N x K in {0, 1}. Raises DataError otherwise."""
    values = np.stack(list(columns.values()), axis=1) if columns else np.empty((rows, 0), dtype=np.float32)
    known = ~np.isnan(values)
    wrong = known & ~np.isin(values, (-1, 0, 1))
    if wrong.any():
        row, column = (int(position[0]) for position in wrong.nonzero())
        raise DataError(
            f"{path} has {int(wrong.sum())} values other than 0/1 or -1/1, such as {values[row, column]:g} in "
            f"{list(columns)[column]!r}: name the columns to read with `attributes`, or mend it."
        )
    if (values == -1).any() and (values == 0).any():
        raise DataError(f"{path} mixes {int((values == 0).sum())} zeros with values of -1: use 0/1, or -1/1, or empty.")
    return np.where(values == -1, np.float32(0), values)


def identities(values: Sequence[object] | None, rows: int) -> npt.NDArray[np.int64]:
    """Persons' numbers: whole numbers stay, other names become a stable number, empty and negative ones are -1."""
    if values is None:
        return np.full(rows, -1, dtype=np.int64)
    return np.array([_identity(value) for value in values], dtype=np.int64)


def _identity(value: object) -> int:
    text = "" if value is None else str(value).strip().removesuffix(".0")
    if text.lower() in _UNKNOWN:
        return -1
    try:
        return max(-1, int(text))
    except ValueError:
        return stream_key("identity", text) >> 1


def _number(value: object) -> float | None:
    """A cell as a number; NaN for an empty one, None for something else."""
    text = "" if value is None else str(value).strip().lower()
    if text in _UNKNOWN:
        return float("nan")
    if text in _WORDS:
        return _WORDS[text]
    try:
        return float(text)
    except ValueError:
        return None


def _file_column(columns: Columns, wanted: str | None, path: Path) -> str:
    candidates = (wanted,) if wanted else FILE_COLUMNS
    for name in candidates:
        if name in columns:
            return name
    raise DataError(f"{path} has no column of files ({' or '.join(candidates)}); it has {', '.join(columns)}.")


def _columns(path: Path) -> Columns:
    if not path.is_file():
        raise DataError(f"there is no label file {path}.")
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".parquet": _parquet}
    if path.suffix.lower() not in readers:
        raise DataError(f"{path}: labels are read from {', '.join(readers)}.")
    columns = readers[path.suffix.lower()](path)
    if not columns or not any(len(values) for values in columns.values()):
        raise DataError(f"the label file {path} has no rows.")
    return columns


def _csv(path: Path) -> Columns:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = [row for row in csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",") if row]
    header = [name.strip() for name in rows[0]] if rows else []
    refuse_doubled_columns(header, path)
    ragged = [number for number, row in enumerate(rows[1:], start=2) if len(row) != len(header)]
    if ragged:
        raise DataError(f"{path} has {len(ragged)} rows without {len(header)} columns, the first in line {ragged[0]}.")
    return {name: [row[column] for row in rows[1:]] for column, name in enumerate(header)}


def refuse_doubled_columns(header: Sequence[str], path: Path) -> None:
    """Raises DataError where two columns have one name."""
    doubles = [name for name, times in Counter(header).items() if times > 1]
    if doubles:
        raise DataError(f"{path} has more than one column {some(doubles)}.")


def _parquet(path: Path) -> Columns:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DataError(f"reading {path} needs pyarrow: pip install 'facegan[parquet]'.") from error
    try:
        table = pyarrow.parquet.read_table(path)
    except Exception as error:  # pyarrow has its own tree of errors, which is not loaded where it is not installed
        raise DataError(f"{path} cannot be read as parquet: {' '.join(str(error).split())}") from error
    refuse_doubled_columns(table.column_names, path)
    return {name: table.column(name).to_pylist() for name in table.column_names}
