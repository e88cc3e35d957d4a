"""Rows made smaller: to some of their fields, or with long texts cut."""

from collections.abc import Sequence
from typing import Any

_LONGEST = 200

Path = tuple[str, ...]
"""The names that lead into a row; lists on the way stand for each of their elements."""


def keep(value: Any, paths: Sequence[Path]) -> Any:
    """Only what a path leads to. Paths that lead nowhere are ignored."""
    if () in paths:
        return value
    if isinstance(value, list):
        return [keep(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: keep(inner, below) for name, inner in value.items() if (below := _below(name, paths))
    }


def drop(value: Any, paths: Sequence[Path]) -> Any:
    """All but what a path leads to."""
    if isinstance(value, list):
        return [drop(one, paths) for one in value]
    if not isinstance(value, dict) or not paths:
        return value
    return {
        name: drop(inner, _below(name, paths))
        for name, inner in value.items()
        if () not in _below(name, paths)
    }


def cut_texts(value: Any) -> Any:
    """Every text above 200 characters ends there, with a note."""
    if isinstance(value, str):
        if len(value) <= _LONGEST:
            return value
        return f"{value[:_LONGEST]}... [truncated {len(value) - _LONGEST} characters]"
    if isinstance(value, dict):
        return {name: cut_texts(inner) for name, inner in value.items()}
    return [cut_texts(one) for one in value] if isinstance(value, list) else value


def _below(name: str, paths: Sequence[Path]) -> list[Path]:
    return [path[1:] for path in paths if path[0] == name]
