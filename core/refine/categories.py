"""Categories in a message, and taking limits away: "only mugs", "in category hats", "without filters"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.refine.references import AND
from core.refine.text import Rest, anywhere
from core.words import Words

NO_FILTERS = (
    r"(?:without|with no|no|remove|clear|drop|forget)(?: (?:the|any|all|my))* (?:filters?|limits?|restrictions?)",
    r"ohne (?:alle )?filter",
    r"sin (?:los )?filtros?",
    r"sans (?:les )?filtres?",
    r"بدون (?:فلتر|فلاتر|تصفية|مرشحات)",
    r"フィルター?(?:なし|を?解除)(?:で)?",
)
ANY_PRICE = (
    r"(?:(?:at|for) )?(?:any|all|every|whatever) prices?(?: range)?|(?:without|no|remove"
    r"|forget)(?: the)? price(?: limit| filter)?"
    r"|(?:the )?price (?:does(?: not|n't) matter|is no object)",
    r"jeder preis|alle preise|(?:der )?preis (?:ist )?egal",
    r"cualquier precio",
    r"tous (?:les )?prix|(?:à )?n'importe quel prix",
    r"أي سعر",
    r"価格(?:不問|は問わない)",
)
ANY_CATEGORY = (
    r"(?:(?:in|from) )?(?:any|all|every) categor(?:y|ies)|(?:without|no|remove|forget)(?: the)? category",
    r"alle kategorien",
    r"(?:todas las|cualquier) categorías?",
    r"toutes (?:les )?catégories",
    r"كل الفئات",
    r"全カテゴリー?",
)
ONLY = r"(?:only|just|nothing but|nur|solo|sólo|solamente|seulement|uniquement|rien que des|que des|فقط)"
ONLY_AFTER = r"(?: (?:only|nur|solamente|seulement|uniquement|فقط)(?!\w)| ?(?:だけ|のみ))"
CATEGORY = r"category|categories|kategorie|categoría|catégorie|فئة"
INSIDE = rf"(?:(?:in|from|of|en|dans|aus|في) )?(?:(?:the|der|la) )?(?:{CATEGORY})(?: of)?(?: ?[:=] ?| )"
INSIDE_JA = r"カテゴリー? ?[:=は]? ?"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a message says about categories and about limits that stand.

    Attributes:
        categories: the catalogue's own names.
        any_price, any_category: that limit is to be taken away.
    """

    categories: tuple[str, ...] = ()
    any_price: bool = False
    any_category: bool = False

    def __bool__(self) -> bool:
        return self != Limits()


def read_limits(rest: Rest, say: Words, categories: Sequence[str]) -> Limits:
    """Cut the categories, and what takes limits away, out.

    Raises:
        UserError: a message says "in category …" with one that the catalogue does not have.
    """
    none = rest.cut(anywhere(NO_FILTERS)) is not None
    any_price = rest.cut(anywhere(ANY_PRICE)) is not None or none
    any_category = rest.cut(anywhere(ANY_CATEGORY)) is not None or none
    return Limits(_named(rest, say, categories), any_price, any_category)


def names_category(words: str, categories: Sequence[str]) -> bool:
    """Whether the words are one of the catalogue's categories: "bags" is a wish of its own."""
    bare = re.sub(r"^(?:the|an?|some|any) ", "", words.casefold().strip())
    return any(bare in variants(category) for category in categories if category.strip())


def variants(category: str) -> set[str]:
    """A category's name in small letters, in singular and plural by English spelling."""
    name = category.casefold().strip()
    forms = {name, f"{name}s", f"{name}es"}
    if name.endswith("s"):
        forms |= {name[:-1], name.removesuffix("es")}
    if name.endswith("y"):
        forms.add(f"{name[:-1]}ies")
    if name.endswith("ies"):
        forms.add(f"{name[:-3]}y")
    if name.endswith(("f", "fe")):
        forms.add(f"{name.removesuffix('e')[:-1]}ves")
    if name.endswith("ves"):
        forms |= {f"{name[:-3]}f", f"{name[:-3]}fe"}
    return {form for form in forms if len(form) > 1} | {name}


def _named(rest: Rest, say: Words, categories: Sequence[str]) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for category in categories:
        if category.strip():
            known |= {form: category for form in variants(category) if form not in known}
    known |= {category.casefold().strip(): category for category in categories if category.strip()}
    if not known:
        return ()
    name = "|".join(re.escape(form) for form in sorted(known, key=len, reverse=True))
    several = rf"(?P<names>(?:{name})(?: ?{AND} ?(?:{name}))*)"
    patterns = (
        rf"(?<!\w)(?:{ONLY} )?(?:{INSIDE}|{INSIDE_JA}){several}(?!\w)",
        rf"(?<!\w){ONLY} (?:(?:in|the|from|show|me) )*{several}(?!\w)",
        rf"(?<!\w){several}{ONLY_AFTER}",
    )
    for pattern in patterns:
        found = rest.cut(re.compile(pattern, re.IGNORECASE))
        if found is not None:
            names = re.findall(rf"(?<!\w)(?:{name})(?!\w)|{name}", found["names"], re.IGNORECASE)
            return tuple(dict.fromkeys(known[form.casefold()] for form in names))
    unknown = re.search(
        rf"(?<!\w)(?:in|from|en|dans) (?:(?:the|der|la) )?(?:{CATEGORY}) ?[:=]? ?(\S+)", rest.text, re.IGNORECASE
    )
    if unknown is not None:
        shown = ", ".join(sorted(categories, key=str.casefold)[:10])
        name = unknown[1].strip(" .,!?")
        raise UserError(say("refine.no_category", name=name), say("refine.no_category_advice", names=shown))
    return ()
