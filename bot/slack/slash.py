"""The words after ``/catalog``. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from bot.cutting import cut
from bot.request import ImportProducts, Intent, ListProducts, RemoveProducts, ShowHelp, ShowStats
from bot.slack import markup
from core.errors import UserError
from core.words import Words


@dataclass(frozen=True, slots=True)
class OpenForm:
    """``/catalog add`` opens a form, since a slash command carries no files."""


def catalogue(text: str, words: Words) -> Intent | OpenForm:
    """What ``/catalog TEXT`` asks for; nothing, or ``help``, explains it.

    Raises:
        UserError: there is no such command, or its address or ids are missing.
    """
    said = markup.parse(text)
    name, _, rest = said.words.partition(" ")
    match name.casefold():
        case "" | "help" if not said.urls:
            return ShowHelp()
        case "add":
            return OpenForm()
        case "import":
            url = said.urls[0] if said.urls else rest.strip()
            if not url:
                raise UserError(words("chat.import_what"), words("chat.import_what_advice"))
            return ImportProducts(url)
        case "remove" | "delete":
            items = tuple(_split(rest))
            if not items:
                raise UserError(words("chat.remove_what"), words("chat.remove_what_advice"))
            return RemoveProducts(items)
        case "list":
            return _page(rest)
        case "stats":
            return ShowStats()
    raise UserError(words("chat.unknown_command", name=cut(name, 40)), words("chat.unknown_command_advice"))


def _page(rest: str) -> ListProducts:
    """``list``, ``list words``, ``list words page 3``."""
    parts = rest.split()
    if len(parts) >= 2 and parts[-2].casefold() == "page" and parts[-1].isdecimal():
        number = max(1, int(parts[-1]))
        first = ListProducts(text=" ".join(parts[:-2]))
        return replace(first, offset=(number - 1) * first.limit)
    return ListProducts(text=rest.strip())


def _split(rest: str) -> list[str]:
    try:
        return shlex.split(rest.replace(",", " "))
    except ValueError:
        return rest.split()
