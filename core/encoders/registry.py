"""The encoders by name. A new encoder is a module with ``build(settings, cache_dir)`` and a line here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from core.encoders.base import Encoder
from core.errors import ConfigurationError
from core.settings import EncoderSettings

_MODULES = {
    "starter": "core.encoders.starter",
    "visualized-bge": "core.encoders.visualized_bge",
    "visualized-bge-m3": "core.encoders.visualized_bge",
    "bge-vl-base": "core.encoders.clip",
    "bge-vl-large": "core.encoders.clip",
    "clip": "core.encoders.clip",
}


class Factory(Protocol):
    """The ``build`` function that every encoder's module offers."""

    def __call__(self, settings: EncoderSettings, cache_dir: Path) -> Encoder:
        """Load the encoder; may take seconds. ``cache_dir`` need not exist, and all in it can be remade."""
        ...


def names() -> tuple[str, ...]:
    """The names that the setting ``encoder.name`` may have, sorted."""
    return tuple(sorted(_MODULES))


def build(settings: EncoderSettings, cache_dir: Path) -> Encoder:
    """Load the encoder that the settings name; only its own module and libraries are imported.

    Raises:
        ConfigurationError: the name is unknown, or the encoder cannot be loaded with these settings.
    """
    if settings.name not in _MODULES:
        raise ConfigurationError(
            f"There is no encoder named {settings.name!r}.",
            f"Set encoder.name to one of: {', '.join(names())}.",
        )
    if settings.backend == "openvino" and _MODULES[settings.name] != "core.encoders.visualized_bge":
        raise ConfigurationError(
            f"OpenVINO does not compute the encoder {settings.name}, only the visualized-bge ones.",
            "Set encoder.backend to torch.",
        )
    module = import_module(_MODULES[settings.name])
    return cast(Factory, module.build)(settings, cache_dir)
