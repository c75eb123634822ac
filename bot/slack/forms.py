"""The three forms (modals), and what people write into them. Pure.

Slash commands carry no files, so pictures come in through a file input.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.details import Mistakes, details
from bot.pictures import SUFFIXES
from bot.request import Find, Reword
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.payloads import File, Inbound, Payload, files
from core.words import Words

FIND, REFINE, ADD = "find.form", "refine.form", "add.form"
"""Callback ids."""

_PICTURES = tuple(suffix.removeprefix(".") for suffix in SUFFIXES)
_PRODUCTS = (*_PICTURES, "zip", "tar", "gz", "tgz", "csv", "tsv", "json", "jsonl")
_WORDS = 1_000


def find(channel: str, words: Words) -> Block:
    """Photos and words to search by; ``channel`` is where the answer goes."""
    fields = [
        blocks.field("photos", words("chat.photos"), blocks.file_input(_PICTURES, 5), hint=words("chat.photos_hint")),
        blocks.field("words", words("chat.words"), blocks.text_input(multiline=True, longest=_WORDS)),
    ]
    return _modal(FIND, fields, {"channel": channel}, words, title="chat.find_title", submit="chat.find")


def refine(ask: str, text: str, channel: str, thread: str, words: Words) -> Block:
    """The same pictures with other words, answered in the same thread."""
    element = blocks.text_input(text, multiline=True, longest=_WORDS)
    fields = [blocks.field("words", words("chat.words"), element, optional=False, hint=words("chat.refine_hint"))]
    memory = {"ask": ask, "channel": channel, "thread": thread}
    return _modal(REFINE, fields, memory, words, title="chat.refine_title", submit="chat.find")


def add(channel: str, words: Words) -> Block:
    """Files that become products; the details are for single pictures."""
    line = blocks.text_input
    fields = [
        blocks.field(
            "files", words("chat.files"), blocks.file_input(_PRODUCTS), optional=False, hint=words("chat.files_hint")
        ),
        blocks.field("title", words("chat.title"), line(longest=300), hint=words("chat.details_hint")),
        blocks.field("price", words("chat.price"), line(placeholder="12.99 EUR", longest=40)),
        blocks.field("category", words("chat.category"), line(longest=100)),
        blocks.field("link", words("chat.link"), line(placeholder="https://", longest=1_000)),
    ]
    return _modal(ADD, fields, {"channel": channel}, words, title="chat.add_title", submit="chat.add")


def submitted(payload: Payload, team: str, words: Words) -> Inbound:
    """What a form asks for.

    Raises:
        Mistakes: something is wrong with it.
    """
    view: Payload = payload["view"]
    memory = json.loads(view.get("private_metadata") or "{}")
    values = {block: next(iter(inputs.values())) for block, inputs in view["state"]["values"].items()}
    channel, thread = str(memory["channel"]), str(memory.get("thread", ""))
    asked = Inbound(
        team=team,
        channel=channel,
        user=str(payload["user"]["id"]),
        key=f"slack:{team}:view:{view['id']}",
        thread=thread,
        visible=False,
    )
    match view["callback_id"]:
        case "find.form":
            return _find(asked, _text(values, "words"), _files(values, "photos"), words)
        case "refine.form":
            return replace(asked, text=_text(values, "words"), intent=Reword(str(memory["ask"])))
        case "add.form":
            return _add(asked, values, words)
    raise ValueError(f"unknown form {view['callback_id']}")


def _find(asked: Inbound, text: str, photos: tuple[File, ...], words: Words) -> Inbound:
    if not text and not photos:
        raise Mistakes({"words": (words("failure.nothing_asked"), words("failure.nothing_asked_advice"))})
    return replace(asked, text=text, files=photos, intent=Find())


def _add(asked: Inbound, values: Mapping[str, Any], words: Words) -> Inbound:
    title, price, category, link = (_text(values, name) for name in ("title", "price", "category", "link"))
    intent = details(title, price, category, link, words)
    return replace(asked, files=_files(values, "files"), intent=intent)


def _modal(callback: str, fields: list[Block], memory: object, words: Words, *, title: str, submit: str) -> Block:
    cancel = words("chat.cancel")
    return blocks.modal(callback, words(title), submit=words(submit), close=cancel, blocks=fields, memory=memory)


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, {}).get("value") or "").strip()


def _files(values: Mapping[str, Any], name: str) -> tuple[File, ...]:
    return files(values.get(name, {}).get("files"))
