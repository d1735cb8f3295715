"""Tables of labels: read, or refused in one line that counts."""

from pathlib import Path

import numpy as np
import pytest

from facegan.data.errors import DataError
from facegan.data.labels import read_table


def table(folder: Path, text: str, *, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["file", "image", "image_id", "filename", "path"])
def test_a_table_of_zeros_and_ones(column: str, tmp_path: Path) -> None:
    read = read_table(table(tmp_path, f"{column},Smiling,identity,Young\na.jpg,1,7,\nb.jpg,0,,1\nc.jpg,nan,-1,0\n"))
    assert read.files == ("a.jpg", "b.jpg", "c.jpg")
    assert read.attributes == ("Smiling", "Young")
    np.testing.assert_array_equal(read.values, np.array([[1, np.nan], [0, 1], [np.nan, 0]], dtype=np.float32))
    assert read.values.dtype == np.float32
    assert read.identities.tolist() == [7, -1, -1]
    assert read.parts is None


def test_minus_ones_become_zeros(tmp_path: Path) -> None:
    read = read_table(table(tmp_path, "file,Smiling,Young\na,1,-1\nb,-1,\n"))
    np.testing.assert_array_equal(read.values, np.array([[1, 0], [0, np.nan]], dtype=np.float32))


def test_columns_can_be_chosen_and_renamed(tmp_path: Path) -> None:
    path = table(tmp_path, "photo,note,Smiling,person,fold\na,hello,1,anna,train\nb,you,0,ben,test\nc,,0,anna,val\n")
    read = read_table(path, file_column="photo", attributes=["Smiling"], identity_column="person", split_column="fold")
    assert read.attributes == ("Smiling",)
    assert read.parts == ("train", "test", "val")
    assert read.identities[0] == read.identities[2] != read.identities[1]
    assert read.identities.min() >= 0


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "file": ["a", "b", "c"],
        "Smiling": [True, False, None],
        "Young": [1.0, None, 0.0],
        "identity": [4, None, 2**40],
    }
    parquet.write_table(arrow.table(columns), tmp_path / "labels.parquet")
    read = read_table(tmp_path / "labels.parquet")
    np.testing.assert_array_equal(read.values, np.array([[1, 1], [0, np.nan], [np.nan, 0]], dtype=np.float32))
    assert read.identities.tolist() == [4, -1, 2**40]
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="cannot be read as parquet"):
        read_table(tmp_path / "broken.parquet")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "photo,Smiling\na,1\n",
            r"no column of files \(file or image or image_id or filename or path\).*photo, Smiling",
        ),
        ("file,Smiling\n", "no rows"),
        ("", "no rows"),
        ("file,Smiling\na,1\nb,0\na,1\n", r"names 1 files more than once \(a\)"),
        ("file,Smiling\na,yes\nb,perhaps\nc,1\n", "'Smiling'.*2 values that are no number, such as 'yes'"),
        ("file,Smiling,Age\na,1,31\nb,0,40\n", "2 values other than 0/1 or -1/1, such as 31 in 'Age'"),
        ("file,Smiling,Young\na,1,-1\nb,0,1\n", "mixes 1 zeros with values of -1"),
        ("file,Smiling\na,1\nb\nc,1,1\n", "2 rows without 2 columns, the first in line 3"),
        ("file,Smiling,Smiling\na,1,1\n", "more than one column Smiling"),
    ],
)
def test_bad_tables_are_refused_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_table(table(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_missing_columns_and_files_are_named(tmp_path: Path) -> None:
    path = table(tmp_path, "file,Smiling\na,1\n")
    with pytest.raises(DataError, match="has no column Bald; it has file, Smiling"):
        read_table(path, attributes=["Smiling", "Bald"])
    with pytest.raises(DataError, match="no column of files"):
        read_table(path, file_column="image")
    with pytest.raises(DataError, match="there is no label file"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="labels are read from"):
        read_table(table(tmp_path, "x", name="labels.xlsx"))
