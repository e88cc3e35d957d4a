"""A page as a browser prints it: what it says, and what stands where."""

import io
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from pypdf import PdfReader

_MARGIN = 1 / 2.54 * 72  # points: a centimetre
_LONG, _SHORT = 842, 595  # points: A4


@dataclass(frozen=True)
class Print:
    """`text` is all of it without spaces; `cut` is what reaches into the margin on the right."""

    text: str
    cut: list[str]

    def says(self, text: str) -> bool:
        return _close(text) in self.text


def printed(page: Page, *, landscape: bool) -> Print:
    """The page on A4 paper as the browser's own print command makes it."""
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    file = page.pdf(format="A4", landscape=landscape, print_background=False, margin=margin)  # type: ignore[arg-type]
    edge = (_LONG if landscape else _SHORT) - _MARGIN + 1
    cut: list[str] = []

    def drawn(operator: bytes, operands: list[Any], outer: list[float], _: list[float]) -> None:
        # A text begins there; a picture is a square of one by one before it is placed.
        place = {b"Tm": lambda: float(operands[4]), b"Do": lambda: 1.0}.get(operator)
        if place and outer[0] * place() + outer[4] > edge:
            cut.append(f"{operator.decode()} {operands}")

    sheets = PdfReader(io.BytesIO(file)).pages
    said = [sheet.extract_text(visitor_operand_before=drawn) for sheet in sheets]
    return Print(_close("".join(said)), cut)


def _close(text: str) -> str:
    return "".join(text.split())
