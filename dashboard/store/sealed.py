"""Small JSON files that hold their own checksum, so that a changed letter is noticed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvest_client.durable import replace_text

_SEAL = "seal"


def write_sealed(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file by `content`, which is JSON already: texts, numbers, lists and objects."""
    replace_text(path, json.dumps({**content, _SEAL: _content_digest(content)}))


def read_sealed(path: Path) -> dict[str, Any]:
    """Return what was written. Files of older versions have no seal.

    Raises `FileNotFoundError`, and `ValueError` for what is not as it was written.
    """
    try:
        found = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    seal = found.pop(_SEAL, None)
    if seal is not None and seal != _content_digest(found):
        raise ValueError("another checksum")
    return found


def _content_digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
