"""Block Kit pieces that are always within Slack's limits: https://docs.slack.dev/reference/block-kit.

``mrkdwn`` arguments are markup of the bot's own, with foreign text escaped by :mod:`bot.slack.markup`;
``text`` arguments are plain and need no escaping.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cutting import cut
from bot.slack.markup import disarm

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
MESSAGE_CHARACTERS = 13_200
"""Most characters in all blocks of a message together; more is refused as ``msg_blocks_too_long``."""
FALLBACK = 3_000
"""Of ``text`` beside blocks, which notifications and screen readers use; Slack advises at most 4,000."""
_SECTION = 3_000
_HEADER = 150
_ALT = 2_000
_LABEL = 75
_VIEW_TITLE = 24


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and the same in words for notifications and screen readers.

    Attributes:
        note: key of the request that this is only a note for; empty for answers.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    note: str = ""

    def arguments(self) -> dict[str, Any]:
        """Arguments of ``chat.postMessage`` and ``chat.update``. Without blocks, earlier ones are taken away."""
        return {"text": cut(self.text, FALLBACK), "blocks": list(self.blocks[:MESSAGE_BLOCKS])}


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    """A paragraph. ``mrkdwn`` longer than the limit is a bug of the caller's and is cut at a line's end."""
    block: Block = {"type": "section", "text": _mrkdwn(_whole_lines(mrkdwn, _SECTION))}
    return block if accessory is None else {**block, "accessory": accessory}


def sections(lines: Iterable[str]) -> list[Block]:
    """As few sections as hold all lines, none cut in two."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + 1 + len(line) <= _SECTION:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return [section(each) for each in found]


def context(mrkdwn: Sequence[str]) -> list[Block]:
    """Small print, one line each; nothing when there is none."""
    return [
        {"type": "context", "elements": [_mrkdwn(_whole_lines(line, _SECTION)) for line in mrkdwn[start : start + 10]]}
        for start in range(0, len(mrkdwn), 10)
    ]


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, _HEADER)}


def characters(found: Sequence[Block]) -> int:
    """How many characters blocks hold, names and signs included: at least as many as Slack counts."""
    return len(json.dumps(found, ensure_ascii=False))


def divider() -> Block:
    """A line between parts."""
    return {"type": "divider"}


def image(file: str, alt: str, title: str = "") -> Block:
    """An uploaded picture. ``file`` is the id of a file that Slack has processed."""
    block: Block = {"type": "image", "slack_file": {"id": file}, "alt_text": cut(disarm(alt), _ALT) or "picture"}
    return {**block, "title": plain(title, _ALT)} if title else block


def actions(*elements: Block) -> Block:
    """A row of buttons and selects."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action: str, value: Mapping[str, Any], *, label: str = "", style: str = "") -> Block:
    """A button. ``value`` comes back with the press; ``label`` is read aloud where ``text`` is only a sign."""
    element: Block = {"type": "button", "text": plain(text, _LABEL), "action_id": action, "value": dump(value)}
    if label:
        element["accessibility_label"] = cut(label, _LABEL)
    return {**element, "style": style} if style else element


def select(placeholder: str, action: str, options: Sequence[tuple[str, Mapping[str, Any]]]) -> Block:
    """A menu of at most 100 options, each a text and the value that comes back with it."""
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, 150),
        "options": [{"text": plain(text, _LABEL), "value": dump(value)} for text, value in options[:100]],
    }


def field(block: str, label: str, element: Block, *, optional: bool = True, hint: str = "") -> Block:
    """An input of a modal; its value comes back under ``block`` and the element's ``action_id``."""
    found: Block = {
        "type": "input",
        "block_id": block,
        "label": plain(label, 2_000),
        "element": {**element, "action_id": block},
        "optional": optional,
    }
    return {**found, "hint": plain(hint, 2_000)} if hint else found


def text_input(initial: str = "", placeholder: str = "", *, multiline: bool = False, longest: int = 1_000) -> Block:
    """A text box."""
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": longest}
    if initial:
        element["initial_value"] = cut(initial, longest)
    return {**element, "placeholder": plain(placeholder, 150)} if placeholder else element


def file_input(extensions: Sequence[str], most: int = 10) -> Block:
    """A place to drop files; ``extensions`` without dots."""
    return {"type": "file_input", "filetypes": list(extensions), "max_files": most}


def modal(callback: str, title: str, *, submit: str, close: str, blocks: Sequence[Block], memory: object) -> Block:
    """A form. ``memory`` comes back with the submission as JSON."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, _VIEW_TITLE),
        "submit": plain(submit, _VIEW_TITLE),
        "close": plain(close, _VIEW_TITLE),
        "blocks": list(blocks),
        "private_metadata": dump(memory),
    }


def plain(text: str, limit: int) -> Block:
    """A plain text object: nothing in it is markup. Slack refuses an empty one."""
    return {"type": "plain_text", "text": cut(disarm(text), limit) or "-", "emoji": True}


def dump(value: object) -> str:
    """Compact JSON, since option values are limited to 150 characters."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _mrkdwn(text: str) -> Block:
    # verbatim: bare addresses, #channels and @names in foreign text do not become links.
    return {"type": "mrkdwn", "text": text or "-", "verbatim": True}


def _whole_lines(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 2].rpartition("\n")[0]
    return f"{kept}\n…" if kept else cut(text, limit)
