"""CSV as spreadsheets read it: UTF-8 with its mark, quoted text, CRLF, and no live formula."""

from collections.abc import Iterable, Iterator, Sequence

from dashboard.files.cells import Cell, cell, text

MARK = "\ufeff"  # without it, Excel reads UTF-8 as something else


def csv_chunks(
    columns: Sequence[str], rows: Iterable[Sequence[object]], size: int = 1000
) -> Iterator[bytes]:
    """The file a piece at a time, so that a million rows never stand in memory together."""
    yield (MARK + _line([text(column) for column in columns])).encode()
    piece: list[str] = []
    for row in rows:
        piece.append(_line([cell(value) for value in row]))
        if len(piece) >= size:
            yield "".join(piece).encode()
            piece = []
    if piece:
        yield "".join(piece).encode()


def about_chunk(told: Sequence[tuple[str, str]]) -> bytes:
    """What the file is, below its rows: after an empty line, every line begins with `#`."""
    return ("\r\n" + "".join(_line([f"# {name}", text(value)]) for name, value in told)).encode()


def _line(cells: Sequence[Cell]) -> str:
    return ",".join(_written(value) for value in cells) + "\r\n"


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        escaped = value.replace('"', '""')
        return f'"{escaped}"'
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
