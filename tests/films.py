"""Video files, written by PyAV."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np


def grey_film(path: Path, greys: Sequence[int], *, width: int = 8, height: int = 8, codec: str = "png") -> Path:
    """A film of even frames, one for each value; the codec png (for .mov, .mkv) keeps values as they are."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = width, height
        stream.pix_fmt = "rgb24" if codec == "png" else "yuv420p"
        for grey in greys:
            picture = np.full((height, width, 3), grey, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path
