"""The signs on the menu's tiles, drawn from lines and shapes as masks: white is ink.

A sign stands on a board of 100 by 100 and is drawn larger and made smaller, which smooths its edges.
"""

from collections.abc import Callable, Mapping
from typing import Final

from PIL import Image, ImageDraw

Point = tuple[float, float]
SCALE: Final = 8
INK: Final = 255
STROKE: Final = 7  # of the board's 100


class Board:
    """Draws in the board's units."""

    def __init__(self) -> None:
        self.image = Image.new("L", (100 * SCALE, 100 * SCALE), 0)
        self._pen = ImageDraw.Draw(self.image)

    def line(self, *points: Point) -> None:
        """Draw joined lines with round ends."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._pen.line(scaled, fill=INK, width=STROKE * SCALE, joint="curve")
        for point in points:
            self.dot(point, STROKE / 2)

    def dot(self, middle: Point, radius: float, *, ink: bool = True) -> None:
        """Draw a disc, or take one out."""
        x, y = middle
        box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self._pen.ellipse(box, fill=INK if ink else 0)

    def box(
        self, left: float, top: float, right: float, bottom: float, *, radius: float = 6, full: bool = False
    ) -> None:
        """Draw a rounded frame, or a filled one."""
        corners = [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]
        fill, width = (INK, 0) if full else (None, STROKE * SCALE)
        self._pen.rounded_rectangle(corners, radius=radius * SCALE, fill=fill, outline=INK, width=width)

    def shape(self, *points: Point) -> None:
        """Draw a filled shape."""
        self._pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=INK)

    def arc(self, left: float, top: float, right: float, bottom: float, start: float, end: float) -> None:
        """Draw a part of an ellipse, in degrees clockwise from the right."""
        corners = [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]
        self._pen.arc(corners, start, end, fill=INK, width=STROKE * SCALE)


def _ship(board: Board) -> None:
    board.shape((10, 60), (90, 60), (76, 84), (24, 84))
    board.box(28, 34, 46, 54, full=True, radius=2)
    board.box(50, 34, 68, 54, full=True, radius=2)
    board.box(39, 12, 57, 30, full=True, radius=2)
    board.line((8, 94), (92, 94))


def _pages(board: Board) -> None:
    board.box(22, 8, 78, 92)
    for y in (32, 50, 68):
        board.line((38, y), (62, y))


def _bars(board: Board) -> None:
    for x, top in ((14, 58), (41, 38), (68, 14)):
        board.box(x, top, x + 18, 84, full=True, radius=3)
    board.line((8, 93), (92, 93))


def _flag(board: Board) -> None:
    board.line((24, 10), (24, 94))
    board.shape((27, 12), (88, 22), (66, 36), (88, 52), (27, 56))


def _people(board: Board) -> None:
    for x in (32, 68):
        board.dot((x, 32), 15)
        board.box(x - 21, 54, x + 21, 90, full=True, radius=16)


def _card(board: Board) -> None:
    board.box(8, 20, 92, 80)
    board.dot((32, 44), 10)
    board.box(19, 58, 45, 68, full=True, radius=5)
    board.line((58, 42), (78, 42))
    board.line((58, 60), (78, 60))


def _warning(board: Board) -> None:
    board.line((50, 10), (92, 86), (8, 86), (50, 10))
    board.line((50, 38), (50, 58))
    board.dot((50, 72), 5)


def _headset(board: Board) -> None:
    board.arc(16, 12, 84, 84, 180, 360)
    board.box(10, 46, 28, 74, full=True)
    board.box(72, 46, 90, 74, full=True)
    board.line((80, 74), (72, 88), (54, 88))


def _clipboard(board: Board) -> None:
    board.box(20, 16, 80, 92)
    board.box(36, 8, 64, 24, full=True)
    board.line((36, 56), (47, 68), (66, 42))


def _speech(board: Board) -> None:
    board.box(8, 14, 92, 70, radius=16)
    board.shape((28, 66), (50, 66), (28, 92))
    for x in (32, 50, 68):
        board.dot((x, 42), 5)


def _robot(board: Board) -> None:
    board.line((50, 8), (50, 26))
    board.dot((50, 10), 7)
    board.box(14, 28, 86, 84, radius=14)
    board.dot((36, 52), 7)
    board.dot((64, 52), 7)
    board.line((38, 70), (62, 70))


def _cross(board: Board) -> None:
    board.arc(8, 8, 92, 92, 0, 360)
    board.line((35, 35), (65, 65))
    board.line((65, 35), (35, 65))


SIGNS: Final[Mapping[str, Callable[[Board], None]]] = {
    "export_start": _ship,
    "documents": _pages,
    "markets": _bars,
    "fairs": _flag,
    "importers": _people,
    "membership": _card,
    "complaint": _warning,
    "officer": _headset,
    "case_status": _clipboard,
    "see_answer": _speech,
    "ask_bot_while_waiting": _robot,
    "withdraw": _cross,
}


def draw_sign(name: str, size: int) -> Image.Image:
    """Draw a sign as a mask of so many pixels each way."""
    board = Board()
    SIGNS[name](board)
    return board.image.resize((size, size), Image.Resampling.LANCZOS)
