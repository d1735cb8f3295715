"""PNG files written row by row, so that a picture larger than the memory can be made."""

import os
import struct
import zlib
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from facegan.errors import UserError

Pixels = npt.NDArray[np.uint8]
KINDS = {1: 0, 2: 4, 3: 2, 4: 6}  # PNG's colour types by channels: grey, grey and alpha, RGB, RGBA
PAETH = 4


class PngFile:
    """A context manager: the file is there, whole, once all went well, and not at all otherwise.

    channels: 1 for grey, 3 for RGB, one more with alpha. Raises UserError where the disk does not take it.
    """

    def __init__(self, path: Path, *, width: int, height: int, channels: int) -> None:
        self.path, self.width, self.height, self.channels = path, width, height, channels
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}")
        self._above = np.zeros(width * channels, np.uint8)
        self._packer = zlib.compressobj(6)

    def __enter__(self) -> "PngFile":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._temporary.open("wb")
        except OSError as error:
            raise UserError(f"could not write {self.path}: {error.strerror}.") from error
        self._put(b"\x89PNG\r\n\x1a\n")
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, KINDS[self.channels], 0, 0, 0)
        self._put(_chunk(b"IHDR", head))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._put(_chunk(b"IDAT", self._packer.flush()) + _chunk(b"IEND", b""))
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                os.replace(self._temporary, self.path)
        except OSError as fault:
            raise UserError(f"could not write {self.path}: {fault.strerror}.") from fault
        finally:
            self._file.close()
            self._temporary.unlink(missing_ok=True)

    def write(self, rows: Pixels) -> None:
        """The next rows, R x width x channels."""
        lines = np.ascontiguousarray(rows).reshape(len(rows), self.width * self.channels)
        if not len(lines):
            return
        packed = self._packer.compress(_filtered(lines, self._above, self.channels).tobytes())
        self._above = lines[-1].copy()
        if packed:
            self._put(_chunk(b"IDAT", packed))

    def _put(self, content: bytes) -> None:
        try:
            self._file.write(content)
        except OSError as error:
            raise UserError(f"could not write {self.path}: {error.strerror}.") from error


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _filtered(lines: Pixels, above: Pixels, channels: int) -> Pixels:
    """Each byte less Paeth's prediction from its left, upper and upper left neighbours, as the PNG standard has it."""
    own = lines.astype(np.int16)
    up = np.concatenate([above[None].astype(np.int16), own[:-1]])
    left, corner = (np.pad(each, ((0, 0), (channels, 0)))[:, :-channels] for each in (own, up))
    by_left, by_up, by_corner = np.abs(up - corner), np.abs(left - corner), np.abs(left + up - 2 * corner)
    nearest_up = np.where(by_up <= by_corner, up, corner)
    guess = np.where((by_left <= by_up) & (by_left <= by_corner), left, nearest_up)
    rest = (own - guess).astype(np.uint8)
    return np.concatenate([np.full((len(lines), 1), PAETH, np.uint8), rest], axis=1)
