"""Log of refused clients, which they cannot fill: one line a minute for each reason."""

import logging
import time

log = logging.getLogger(__name__)

_PAUSE = 60.0  # seconds

_counts: dict[str, tuple[float, int]] = {}


def log_refusal(reason: str) -> None:
    """Log the reason, a fixed sentence, with how often it was not logged since the last time."""
    now = time.monotonic()
    since, skipped = _counts.get(reason, (float("-inf"), 0))
    if now - since < _PAUSE:
        _counts[reason] = (since, skipped + 1)
        return
    _counts[reason] = (now, 0)
    log.warning("%s%s", reason, f" So were {skipped} before." if skipped else "")
