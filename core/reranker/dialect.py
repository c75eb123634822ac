"""How a chat-completions service wants to be asked, learnt from what it rejects.

OpenAI's newer models take ``max_completion_tokens`` and no temperature, many local servers take only
``max_tokens``, some reject ``json_schema`` (llama.cpp#11847, ik_llama.cpp#778: with status 500) or any
``response_format``. A request that was rejected for its form used no tokens, so it may be put again in
the next dialect; that is not a retry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import openai

from core.reranker.protocol import Form

_FORMAT = re.compile(r"response.?format|json|schema|grammar|structured", re.IGNORECASE)
_LIMIT = re.compile(r"max_(?:completion_)?tokens", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
FILTERED = re.compile(r"content_?filter|content_policy|responsible.?ai", re.IGNORECASE)
_OTHER_CAUSE = re.compile(r"image|vision|multimodal|context.?length|too (?:long|large)|quota|billing", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests must be put so that the service takes them."""

    form: Form = Form.JSON_SCHEMA
    limit: str = "max_completion_tokens"
    temperature: bool = True

    def after(self, error: openai.APIStatusError) -> Dialect | None:
        """The next dialect to try after a rejection, or None when the dialect is not to blame."""
        said = f"{error.param or ''} {error.message}"
        if error.status_code not in {400, 422, 500, 501} or FILTERED.search(f"{error.code} {said}"):
            return None
        if _LIMIT.search(said):
            swapped = "max_tokens" if self.limit == "max_completion_tokens" else "max_completion_tokens"
            return replace(self, limit=swapped)
        if _TEMPERATURE.search(said) and self.temperature:
            return replace(self, temperature=False)
        blamed = _FORMAT.search(said) is not None
        unclear = error.status_code != 500 and _OTHER_CAUSE.search(said) is None
        if self.form.simpler is None or not (blamed or unclear):
            return None
        return replace(self, form=self.form.simpler)
