"""The names of the encoders, and the error for a name that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.encoders import registry
from core.errors import ConfigurationError
from core.settings import EncoderSettings


def test_the_default_encoder_is_known() -> None:
    assert EncoderSettings().name in registry.names()


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        registry.build(EncoderSettings(name="clipp"), tmp_path)
    assert "'clipp'" in raised.value.reason
    for name in registry.names():
        assert name in raised.value.advice
