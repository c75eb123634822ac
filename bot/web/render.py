"""Views to HTML, with the templates beside this file. Everything is escaped unless a template made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.words import Words

_SCRIPT_WORDS = (
    "unreachable", "too_many", "take_away", "nothing_to_ask", "place", "uploading", "cancel", "cancelled",
    "removed", "remove_title", "drop_products", "drop_photos", "close", "filling",
)  # fmt: skip
"""The words that the page's scripts say themselves."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class Renderer:
    """The templates in one language.

    Args:
        may_change: whether the page offers to change the catalogue.
    """

    def __init__(self, words: Words, *, may_change: bool) -> None:
        self.words = words
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            w=words,
            may_change=may_change,
            direction="rtl" if words.locale.split("-")[0] in RIGHT_TO_LEFT else "ltr",
            script_words={"words": {key: words.text(f"web.{key}") for key in _SCRIPT_WORDS}},
        )

    def __call__(self, template: str, **values: Any) -> Markup:
        """One template as HTML that other templates take as it is."""
        return Markup(self._environment.get_template(f"{template}.html").render(**values))  # noqa: S704 - autoescaped
