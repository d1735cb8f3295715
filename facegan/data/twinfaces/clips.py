"""TwinFaces in motion: clips of one face each, seen by a moving camera, or moving itself, or both.

The camera moves the whole picture, so that the true flow between any two frames is known at every pixel. The face moves
by its own factors (pose, light, gaze, eyes, brows, mouth), which is no rigid motion; its styles and attributes stay.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from facegan.data.similarity import stretch
from facegan.data.source import FaceSource
from facegan.data.twinfaces.camera import FACTORS, Camera, flow
from facegan.data.twinfaces.factors import Faces
from facegan.data.twinfaces.hashing import SPLITS, keys, uniforms
from facegan.data.twinfaces.look import LOOK
from facegan.data.twinfaces.renderer import MAX_SIZE, checked_size, render
from facegan.data.twinfaces.source import TwinFaces, to_bytes
from facegan.data.twinfaces.store import Images, open_store, settings_key
from facegan.data.warp import cut_out
from facegan.errors import UserError
from facegan.files import cache_folder

MOTIONS = ("camera", "face", "both")
LARGER = 2  # a moving camera looks at a picture drawn at so many times the side

# By how much a factor's quantile swings to either side.
SWINGS = {
    "shift_x": 0.2, "shift_y": 0.2, "scale": 0.1, "roll": 0.2, "yaw": 0.35, "pitch": 0.3, "light_x": 0.15,
    "light_y": 0.15, "gaze_x": 0.4, "eye_open": 0.3, "brow_height": 0.3, "mouth_drop": 0.3, "mouth_width": 0.2,
}  # fmt: skip
_PLACES = [[column.name for column in LOOK].index(name) for name in SWINGS]
_SWINGS = torch.tensor(list(SWINGS.values()))
_STREAM, _FACE = 200, 100  # clips share no random number with faces; nor does the face's motion with the camera's
_AMPLITUDE = 0.04  # at which `speed` means for the face what it means for the camera
_CHUNK = 16


class TwinClips(FaceSource):
    """Clips of T frames. Clip i shows the face that is number i of the TwinFaces of the same seed and split, with its
    labels and identity; the motion depends on (seed, split, i) and the settings alone.

    frames: T, 2 or more. motion: camera, face or both. speed: the fastest shift, as a share of the side in a frame.
    image_size, size, split, seed, cache: as in TwinFaces. Raises UserError for anything else.
    """

    name = "twinfaces-clips"
    frames: int

    def __init__(
        self,
        *,
        image_size: int = 64,
        size: int = 4_000,
        frames: int = 3,
        motion: str = "camera",
        speed: float = 0.03,
        split: str = "train",
        seed: int = 0,
        cache: str | None = None,
    ) -> None:
        if motion not in MOTIONS:
            raise UserError(f"motion={motion!r}: there are {', '.join(MOTIONS)}.")
        if frames < 2:
            raise UserError(f"frames={frames}: a clip has at least 2.")
        if not 0 <= speed <= 0.2:
            raise UserError(f"speed={speed}: 0 to 0.2 of the side in a frame fits.")
        if motion != "face" and image_size * LARGER > MAX_SIZE:
            raise UserError(f"image_size={image_size}: with a moving camera {MAX_SIZE // LARGER} pixels are the most.")
        self.image_size, self.size, self.frames = checked_size(image_size), size, frames
        self.motion, self.speed, self.split, self.seed, self.cache = motion, float(speed), split, seed, cache
        self._stills = TwinFaces(image_size=image_size, size=size, split=split, seed=seed)
        self.attributes, self.labels = self._stills.attributes, self._stills.labels
        self.identities = self._stills.identities
        self._store: Images | None = None

    def flow(self, index: Tensor, *, frame: int, neighbour: int) -> Tensor:
        """Where in frame number `neighbour` that lies which number `frame` shows at each pixel, exactly.

        N x 2 x S x S in pixels, x then y. Raises UserError where the face itself moves: then no map says it all.
        """
        if self.motion != "camera":
            raise UserError(f"motion={self.motion}: the flow is known where the camera alone moves, motion=camera.")
        maps = [self._camera.maps(row) for row in self._factors(index)[:, :FACTORS]]
        flows = [flow(each[frame], each[neighbour], self.image_size) for each in maps]
        return torch.from_numpy(np.stack(flows))

    def faces(self, index: Tensor) -> Faces:
        """The factors of every frame of the clips of these numbers, clip after clip: N * T faces."""
        faces = self._stills.faces(index).repeat(self.frames)
        if self.motion == "camera":
            return faces
        own = self._factors(index)[:, _FACE : _FACE + 2 * len(SWINGS)].view(-1, len(SWINGS), 2)
        pace = own[..., 1] * (self.speed / _AMPLITUDE)
        time = torch.arange(self.frames) - (self.frames - 1) / 2
        swing = torch.sin(2 * math.pi * own[..., :1] + pace[..., None] * time).mT.flatten(0, 1)
        look = faces.look.clone()
        look[:, _PLACES] = _SWINGS + (1 - 2 * _SWINGS) * look[:, _PLACES] + _SWINGS * swing
        return replace(faces, look=look)

    def render(self, index: Tensor) -> Tensor:
        """The clips of these numbers, N x T x 3 x S x S, uint8 in [0, 255]."""
        parts = [self._rendered(part) for part in index.split(_CHUNK)]
        return torch.cat(parts) if parts else torch.zeros(0, self.frames, 3, self.image_size, self.image_size).byte()

    def images(self, index: Tensor) -> Tensor:
        """The clips of these numbers, len(index) x T x 3 x S x S, uint8 in [0, 255]."""
        if self._store is None:
            self._store = self._open()
        rows = index.numpy()[:, None] * self.frames + np.arange(self.frames)
        return torch.from_numpy(self._store[rows])

    def settings(self) -> dict[str, object]:
        """All that the pictures depend on."""
        own = ("frames", "motion", "speed")
        return {**self._stills.settings(), "clips": 1, **{name: getattr(self, name) for name in own}}

    @property
    def _camera(self) -> Camera:
        return Camera(frames=self.frames, speed=self.speed)

    def _factors(self, index: Tensor) -> Tensor:
        key = keys(index, seed=self.seed, stream=_STREAM + SPLITS.index(self.split))
        return uniforms(key, _FACE + 2 * len(SWINGS))

    def _rendered(self, index: Tensor) -> Tensor:
        shape, side = (len(index), self.frames), self.image_size
        if self.motion == "face":
            moving: Tensor = to_bytes(render(self.faces(index), image_size=side)).unflatten(0, shape)
            return moving
        once = self.motion == "camera"  # the camera alone: one picture serves all frames
        faces = self._stills.faces(index) if once else self.faces(index)
        pictures = to_bytes(render(faces, image_size=side * LARGER)).permute(0, 2, 3, 1).numpy()
        cuts = []
        for clip, row in enumerate(self._factors(index)[:, :FACTORS]):
            for number, to_unit in enumerate(self._camera.maps(row)):
                picture = Image.fromarray(pictures[clip if once else clip * self.frames + number])
                to_photo = stretch(side * LARGER, side * LARGER).after(to_unit)
                cuts.append(np.asarray(cut_out(picture, to_photo, side, Image.Resampling.BOX)))
        frames = torch.from_numpy(np.stack(cuts)).permute(0, 3, 1, 2)
        clips: Tensor = frames.unflatten(0, shape)
        return clips

    def _open(self) -> Images:
        shape = (self.size * self.frames, 3, self.image_size, self.image_size)
        folder = Path(self.cache) if self.cache else cache_folder(self.name)
        return open_store(folder, settings_key(self.settings()), shape, self._draw, what="clips of TwinFaces")

    def _draw(self, low: int, high: int) -> Tensor:
        """Frames low to high - 1, clip after clip."""
        first, last = low // self.frames, -(-high // self.frames)
        frames = self.render(torch.arange(first, last)).flatten(0, 1)
        return frames[low - first * self.frames : high - first * self.frames]
