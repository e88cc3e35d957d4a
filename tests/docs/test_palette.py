"""Pictures of the guide are small, and look as the pages do."""

import numpy as np
from PIL import Image

from docs.palette import COLOURS, reduced


def test_areas_keep_their_colour_and_rare_colours_stay_close() -> None:
    shades = np.arange(4096, dtype=np.uint32) * 4096 + 0x0ABC
    rare = np.stack([shades >> 16, shades >> 8 & 255, shades & 255], axis=1).reshape(16, 256, 3)
    greys = np.full((16, 256, 3), 250)
    greys[:, 128:] = (250, 250, 251)
    picture = Image.fromarray(np.concatenate([greys, rare]).astype(np.uint8))

    small = reduced(picture)

    before, after = (np.asarray(one.convert("RGB")).astype(int) for one in (picture, small))
    assert small.mode == "P"
    assert len(np.unique(np.asarray(small))) <= COLOURS
    assert (before[:16] == after[:16]).all()
    assert np.abs(before - after).max() < 24


def test_a_picture_of_few_colours_stays_as_it_is() -> None:
    picture = Image.new("RGB", (40, 30), (255, 255, 255))
    picture.putpixel((3, 4), (200, 0, 0))

    assert reduced(picture).convert("RGB").tobytes() == picture.tobytes()
