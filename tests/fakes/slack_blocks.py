"""Slack's limits on blocks and views, checked as its servers do: https://docs.slack.dev/reference/block-kit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Tree = Mapping[str, Any]
BUTTON_TEXT, SECTION, HEADER, ALL_CHARACTERS = 75, 3_000, 150, 13_200
MESSAGE_TYPES = {"section", "context", "image", "actions", "header", "divider"}
VIEW_TYPES = MESSAGE_TYPES | {"input"}


class Checker:
    """Collects what is wrong with one payload.

    Args:
        usable: whether a file may be shown now (known, processed, a picture).
    """

    def __init__(self, usable: Callable[[str], bool]) -> None:
        self._usable = usable
        self._ids: set[str] = set()
        self.wrong: list[str] = []
        self.characters = 0

    def message(self, blocks: Sequence[Tree]) -> list[str]:
        """Errors of a message's blocks."""
        self._need(len(blocks) <= 50, "more than 50 blocks")
        for block in blocks:
            self._block(block, MESSAGE_TYPES)
        self._need(self.characters <= ALL_CHARACTERS, f"{self.characters} characters in all blocks")
        return self.wrong

    def view(self, view: Tree) -> list[str]:
        """Errors of a modal or home tab."""
        blocks = view.get("blocks", [])
        self._need(view.get("type") in {"modal", "home"}, "no view type")
        self._need(len(blocks) <= 100, "more than 100 blocks")
        for block in blocks:
            self._block(block, VIEW_TYPES)
        if view.get("type") == "modal":
            for name in ("title", "submit", "close"):
                self._text(view.get(name), 24, plain=True)
            self._need(bool(view.get("callback_id")), "no callback_id")
        self._need(len(view.get("private_metadata", "")) <= 3_000, "private_metadata too long")
        return self.wrong

    def _need(self, condition: bool, complaint: str) -> None:
        if not condition:
            self.wrong.append(complaint)

    def _block(self, block: Tree, allowed: set[str]) -> None:
        kind = block.get("type")
        self._need(kind in allowed, f"block type {kind}")
        if name := block.get("block_id"):
            self._need(name not in self._ids and len(name) <= 255, f"block_id {name}")
            self._ids.add(name)
        match kind:
            case "section":
                self._text(block.get("text"), SECTION)
            case "header":
                self._text(block.get("text"), HEADER, plain=True)
            case "context":
                self._need(1 <= len(block.get("elements", [])) <= 10, "context elements")
                for each in block.get("elements", []):
                    self._text(each, SECTION)
            case "image":
                self._image(block)
            case "actions":
                self._actions(block.get("elements", []))
            case "input":
                self._text(block.get("label"), 2_000, plain=True)
                self._element(block.get("element", {}))

    def _image(self, block: Tree) -> None:
        self._need(1 <= len(block.get("alt_text", "")) <= 2_000, "alt_text")
        if "title" in block:
            self._text(block["title"], 2_000, plain=True)
        file = block.get("slack_file", {})
        self._need(set(file) == {"id"} and self._usable(file["id"]), f"slack_file {file}")

    def _actions(self, elements: Sequence[Tree]) -> None:
        self._need(1 <= len(elements) <= 25, "number of actions")
        names = [each.get("action_id") for each in elements]
        self._need(len(set(names)) == len(names), "action_id twice")
        for each in elements:
            self._element(each)

    def _element(self, element: Tree) -> None:
        match element.get("type"):
            case "button":
                self._text(element.get("text"), BUTTON_TEXT, plain=True)
                self._need(len(element.get("value", "")) <= 2_000, "button value")
                self._need(1 <= len(element.get("accessibility_label", "x")) <= 75, "accessibility_label")
            case "static_select":
                self._text(element.get("placeholder"), 150, plain=True)
                self._need(1 <= len(element.get("options", [])) <= 100, "number of options")
                for option in element.get("options", []):
                    self._text(option.get("text"), BUTTON_TEXT, plain=True)
                    self._need(1 <= len(option.get("value", "")) <= 150, "option value")
            case "plain_text_input":
                self._need(1 <= element.get("max_length", 3_000) <= 3_000, "max_length")
                self._need(len(element.get("initial_value", "")) <= element.get("max_length", 3_000), "initial_value")
            case "file_input":
                self._need(1 <= element.get("max_files", 10) <= 10, "max_files")
            case other:
                self._need(False, f"element {other}")

    def _text(self, text: Any, limit: int, *, plain: bool = False) -> None:
        if not isinstance(text, Mapping):
            self.wrong.append(f"no text object: {text!r}")
            return
        kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
        said = text.get("text", "")
        self._need(text.get("type") in kinds, f"text type {text.get('type')}")
        self._need(1 <= len(said) <= limit, f"text of {len(said)} characters, limit {limit}")
        self._need(text.get("type") != "plain_text" or "verbatim" not in text, "verbatim in plain_text")
        self.characters += len(said)
