"""A screenshot in a third of its bytes: in 256 colours, none of which looks any different."""

import numpy as np
from PIL import Image

COLOURS = 256
EXACT = 128  # the most frequent colours: a background of another grey would be seen


def reduced(picture: Image.Image) -> Image.Image:
    """The picture with a palette and without dithering.

    Its `EXACT` most frequent colours are kept; the others are those that differ most from all
    kept before, so that a rare one, such as a red dot, becomes no grey.
    """
    pixels = np.asarray(picture.convert("RGB")).astype(np.int32)
    codes = pixels @ np.array([1 << 16, 1 << 8, 1])
    found, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, (found >> 8) & 255, found & 255], axis=1)

    kept = list(np.argsort(-counts, kind="stable")[:EXACT])
    apart = _apart(colours, colours[kept]).min(axis=1)
    while len(kept) < min(COLOURS, len(colours)):
        kept.append(apart.argmax())
        apart = np.minimum(apart, _apart(colours, colours[kept[-1:]])[:, 0])

    palette = colours[kept].astype(np.uint8)
    nearest = _apart(colours, colours[kept]).argmin(axis=1).astype(np.uint8)
    result = Image.fromarray(nearest[places].reshape(codes.shape))
    result.putpalette(palette.tobytes())
    return result


def _apart(colours: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distance of each colour from each of the others."""
    distances: np.ndarray = ((colours[:, None] - others[None]) ** 2).sum(axis=2)
    return distances
