"""Draws a talk as LINE shows it on a phone: bubbles, the officer's name, quick replies under the last message."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from tests.fakes import line_flex
from tests.fakes.line_user import Seen

SIZES = {"xs": 12, "sm": 13, "md": 15, "lg": 17}

STYLE = """
body { margin: 0; background: #8cabd9; font: 15px/1.45 "Sarabun", "Noto Sans Thai", sans-serif; }
header { background: #2c3e5c; color: #fff; padding: 14px 16px; font-weight: 600; }
main { padding: 12px 12px 8px; display: flex; flex-direction: column; gap: 8px; }
.name { font-size: 12px; color: #1d2c45; margin: 4px 0 -4px 4px; }
p { margin: 0; padding: 9px 12px; border-radius: 16px; max-width: 78%; white-space: pre-line; overflow-wrap: anywhere; }
.account { background: #fff; align-self: flex-start; border-top-left-radius: 4px; }
.customer { background: #8de055; align-self: flex-end; border-top-right-radius: 4px; }
.card { background: #fff; align-self: flex-start; border-radius: 14px; padding: 12px 14px; width: 70%; display: flex;
  flex-direction: column; gap: 4px; }
.card a { text-align: center; padding: 9px; border-radius: 8px; font-weight: 600; color: #42659a; margin-top: 4px; }
.card a.primary { background: #0b3d66; color: #fff; }
nav { display: flex; gap: 8px; flex-wrap: wrap; padding: 4px 12px 14px; }
nav span { background: #fff; border: 1px solid #c9d4e6; border-radius: 18px; padding: 6px 13px; font-size: 14px; }
"""


def draw(account: str, talk: Iterable[str | Seen]) -> str:
    """Give the page of a talk: texts are the customer's, ``Seen`` what the account sent."""
    shown = list(talk)
    last = shown[-1]
    chips = "".join(f"<span>{escape(label)}</span>" for label in last.buttons) if isinstance(last, Seen) else ""
    bubbles = "".join(_bubble(said) for said in shown)
    return (
        f'<!doctype html><html lang="th"><meta charset="utf-8"><style>{STYLE}</style>'
        f"<header>{escape(account)}</header><main>{bubbles}</main><nav>{chips}</nav></html>"
    )


def _bubble(said: str | Seen) -> str:
    if isinstance(said, str):
        return f'<p class="customer">{escape(said)}</p>'
    name = f'<div class="name">{escape(said.sender)}</div>' if said.sender else ""
    if said.card is not None:
        return name + _card(said.card)
    return f'{name}<p class="account">{escape(said.text)}</p>'


def _card(message: dict[str, Any]) -> str:
    """Draw a flex message: its texts in their sizes and colours, then its buttons."""
    drawn = []
    for part in line_flex.parts(message["contents"]):
        if part["type"] == "text":
            size = SIZES.get(part.get("size", "md"), 15)
            weight = 600 if part.get("weight") == "bold" else 400
            style = f"font-size:{size}px;color:{part.get('color', '#111')};font-weight:{weight}"
            drawn.append(f'<div style="{style}">{escape(part["text"])}</div>')
        elif part["type"] == "button":
            drawn.append(f'<a class="{part.get("style", "link")}">{escape(part["action"]["label"])}</a>')
    return f'<section class="card">{"".join(drawn)}</section>'


def in_order(*parts: str | Sequence[Seen]) -> list[str | Seen]:
    """Put what was said and what was seen into one line."""
    return [one for part in parts for one in ([part] if isinstance(part, str) else part)]
