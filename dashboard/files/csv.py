"""CSV as spreadsheets read it: UTF-8 with its mark, quoted text, CRLF, and no live formula."""

from collections.abc import Iterable, Iterator, Sequence

from dashboard.files.cells import Cell, formula_safe, to_cell

MARK = "\ufeff"  # without it, Excel reads UTF-8 as something else


def csv_chunks(
    columns: Sequence[str], rows: Iterable[Sequence[object]], size: int = 1000
) -> Iterator[bytes]:
    """The file a piece at a time, so that a million rows never stand in memory together."""
    yield (MARK + _csv_line([formula_safe(column) for column in columns])).encode()
    piece: list[str] = []
    for row in rows:
        piece.append(_csv_line([to_cell(value) for value in row]))
        if len(piece) >= size:
            yield "".join(piece).encode()
            piece = []
    if piece:
        yield "".join(piece).encode()


def about_chunk(told: Sequence[tuple[str, str]]) -> bytes:
    """Return the lines below the table, each with a `#`, after an empty line."""
    return (
        "\r\n" + "".join(_csv_line([f"# {name}", formula_safe(value)]) for name, value in told)
    ).encode()


def _csv_line(cells: Sequence[Cell]) -> str:
    return ",".join(_csv_value(value) for value in cells) + "\r\n"


def _csv_value(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        escaped = value.replace('"', '""')
        return f'"{escaped}"'
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
