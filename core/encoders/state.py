"""Weights by name, with words for a person when they do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

from core.errors import ConfigurationError

Model = TypeVar("Model", bound=nn.Module)


def take(state: Mapping[str, Tensor], name: str) -> Tensor:
    """One weight.

    Raises:
        ConfigurationError: there is none of that name.
    """
    try:
        return state[name]
    except KeyError:
        raise ConfigurationError(
            f"The weights lack {name}, which this encoder needs.",
            "Check that encoder.weights belongs to encoder.name and was fetched completely.",
        ) from None


def assign(model: Model, own: dict[str, Tensor], what: str) -> Model:
    """Give a model that was built on the meta device its weights, without a copy, for inference only.

    Raises:
        ConfigurationError: a weight has another shape than the model.
    """
    try:
        model.load_state_dict(own, assign=True)
    except RuntimeError as error:
        raise ConfigurationError(
            f"The weights do not have the shape of the {what} that they are said to be.",
            "Check that encoder.weights belongs to encoder.name.",
        ) from error
    return model.eval().requires_grad_(False)
