"""What all groups of settings have in common."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Group(BaseModel):
    """A group of settings. Numbers are taken for texts where a text is meant, such as an id without quotes in YAML."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False, coerce_numbers_to_str=True
    )


def _listed(value: Any) -> Any:
    """A variable holds a list as text: with commas between, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [word for part in value.split(",") if (word := part.strip())]


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""A list of texts."""
