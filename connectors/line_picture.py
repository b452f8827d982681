"""Draws the picture of a rich menu: a tile with a sign and a Thai label for each entry, three in a row.

LINE wants PNG, 800 to 2,500 pixels wide, at least 250 high, width / height at least 1.45, at most 1 MB
(https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image-requirements). Pillow's wheels bring
raqm, which puts Thai vowels and tone marks where they belong; the font is Sarabun (SIL Open Font License).
"""

import io
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import fontpkg_sarabun
from PIL import Image, ImageDraw, ImageFont
from pythainlp.tokenize import word_tokenize

from connectors.line_signs import SIGNS, draw_sign

WIDTH: Final = 2500
COLUMNS: Final = 3
ROW: Final = 562
ONLY_ROW: Final = 843  # a single row is taller, so that a thumb meets it
GAP: Final = 14
FONT_SIZE: Final = 92
LINE: Final = 116
SIGN: Final = 180
SPACE: Final = 24
COLOURS: Final = ("#0b3d66", "#ffffff", "#c8963e")  # ground and label, tile, sign


def rows(count: int) -> int:
    """Count the rows of so many entries."""
    return -(-count // COLUMNS)


def height(count: int) -> int:
    """Give the picture's height in pixels."""
    return ROW * rows(count) if count > COLUMNS else ONLY_ROW


def cell(number: int, count: int) -> tuple[int, int, int, int]:
    """Give an entry's x, y, width and height; the last of an incomplete row reaches to the edge."""
    row, column = divmod(number, COLUMNS)
    edges = [WIDTH * step // COLUMNS for step in range(COLUMNS + 1)]
    tall = height(count) // rows(count)
    right = WIDTH if number == count - 1 else edges[column + 1]
    return edges[column], row * tall, right - edges[column], tall


def draw(titles: Sequence[str], signs: Sequence[str]) -> bytes:
    """Draw a menu as PNG; a sign that is unknown is left out."""
    ground, tile, mark = COLOURS
    image = Image.new("RGB", (WIDTH, height(len(titles))), ground)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(fontpkg_sarabun.ROOT / "files" / "Sarabun-SemiBold.ttf"), FONT_SIZE)
    for number, (title, sign) in enumerate(zip(titles, signs, strict=True)):
        x, y, wide, tall = cell(number, len(titles))
        pen.rounded_rectangle((x + GAP, y + GAP, x + wide - GAP, y + tall - GAP), radius=48, fill=tile)
        lines = wrap(title, font, wide - 8 * GAP)
        top = y + (tall - SIGN - SPACE - LINE * len(lines)) // 2
        if sign in SIGNS:
            image.paste(mark, (x + (wide - SIGN) // 2, top), draw_sign(sign, SIGN))
        for step, line in enumerate(lines):
            middle = (x + wide / 2, top + SIGN + SPACE + LINE * (step + 0.5))
            pen.text(middle, line, fill=ground, font=font, anchor="mm", language="th")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def wrap(title: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a label between words into as few lines as fit, of about the same length."""
    words = word_tokenize(title, engine="newmm")
    if font.getlength(title) <= width:
        return [title]
    lengths = list(accumulate(font.getlength(word) for word in words))
    cut = min(range(1, len(words)), key=lambda number: abs(lengths[number - 1] - lengths[-1] / 2), default=0)
    if not cut:
        return [title]
    halves = "".join(words[:cut]).strip(), "".join(words[cut:]).strip()
    return [line for half in halves for line in wrap(half, font, width)]
