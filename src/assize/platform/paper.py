"""Paper: a page of headings, lines and tables as PDF, set here as SVG and turned by vl-convert. Nothing from outside.

Text is escaped and shown as it is; what is too long for its column is cut, and the page grows with what stands on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, MARGIN, LEAST_HEIGHT = 595, 48, 842  # points: A4
LINE, SIZE, HEAD = 15, 9.5, 13
INK, FAINT, RULE = "#1b232a", "#535f69", "#c3ccd3"
FONT = "Liberation Sans, DejaVu Sans, sans-serif"
PER_SIGN = 0.48  # of the size of the type: the mean width of a sign, to know what fits


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading within the page."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """A line of words, broken where it has to be."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a head. widths: shares of the page, one a column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]


Block = Heading | Words | Table


def pdf(title: str, sub: str, blocks: Sequence[Block]) -> bytes:
    """Return a page as PDF."""
    import vl_convert  # noqa: PLC0415 - it costs a second and much memory, and few ask for paper

    return bytes(vl_convert.svg_to_pdf(svg(title, sub, blocks)))


def svg(title: str, sub: str, blocks: Sequence[Block]) -> str:
    """Return the page as SVG."""
    parts = [_text(title, MARGIN, MARGIN + 14, size=18, weight="bold"), _text(sub, MARGIN, MARGIN + 32, fill=FAINT)]
    y = MARGIN + 44.0
    for block in blocks:
        y = _set(block, parts, y)
    height = max(LEAST_HEIGHT, int(y) + MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _set(block: Block, parts: list[str], y: float) -> float:
    match block:
        case Heading(text=text):
            parts.append(_text(text, MARGIN, y + 2 * LINE, size=HEAD, weight="bold"))
            return y + 2 * LINE + 4
        case Words(text=text):
            for line in _broken(text, WIDTH - 2 * MARGIN):
                y += LINE
                parts.append(_text(line, MARGIN, y))
            return y + 3
        case Table():
            return _table(block, parts, y)


def _table(table: Table, parts: list[str], y: float) -> float:
    whole = WIDTH - 2 * MARGIN
    lefts = [MARGIN + whole * sum(table.widths[:at]) for at in range(len(table.widths))]
    for number, row in enumerate([table.head, *table.rows]):
        y += LINE + 2
        for cell, left, width in zip(row, lefts, table.widths, strict=True):
            fits = _cut(cell, whole * width - 6)
            parts.append(_text(fits, left, y, weight="bold" if number == 0 else "normal"))
        parts.append(
            f'<line x1="{MARGIN}" y1="{y + 5}" x2="{WIDTH - MARGIN}" y2="{y + 5}" stroke="{RULE}" stroke-width="0.6"/>'
        )
    return y + 8


def _text(text: str, x: float, y: float, *, size: float = SIZE, weight: str = "normal", fill: str = INK) -> str:
    shown = escape("".join(sign if sign.isprintable() else " " for sign in text))
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{shown}</text>"
    )


def _cut(text: str, width: float) -> str:
    most = max(1, int(width / (SIZE * PER_SIGN)))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _broken(text: str, width: float) -> list[str]:
    most, lines, line = int(width / (SIZE * PER_SIGN)), [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > most:
            lines.append(line)
            line = ""
        line = f"{line} {word[:most]}".strip()
    return [*lines, line] if line else lines
