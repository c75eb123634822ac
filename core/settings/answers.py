"""Settings of how questions are answered: search, ranking model, limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from core.settings.group import Group


class SearchSettings(Group):
    """What a search returns."""

    limit: int = Field(9, ge=1, le=25, description="Candidates in an answer and its panorama.")
    near_duplicate: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Cosine similarity from which crops of one picture count as near duplicates; 1: keep all, copies "
        "too; empty: what fits the encoder.",
    )
    min_score: float = Field(-1.0, ge=-1, le=1, description="Candidates with a lower cosine similarity are left out.")
    title_reranker: str = Field(
        "",
        description="A cross-encoder (folder or hub repository, such as `BAAI/bge-reranker-v2-m3`) that orders "
        "candidates by their titles, too; needs requirements-flag.txt. Empty: off.",
    )


class RerankerSettings(Group):
    """The vision-language model that ranks the candidates and says why."""

    enabled: bool = Field(True, description="Whether a ranking model is asked at all.")
    provider: Literal["openai", "azure"] = Field(
        "openai", description="`openai` (and all compatible servers) or `azure`."
    )
    model: str = Field("gpt-4o", description="Model name, or the deployment's name on Azure.")
    base_url: str = Field("", description="Address of the service; empty: the provider's own. Azure: the endpoint.")
    api_key: SecretStr = Field(SecretStr(""), description="Key of the service; local servers often take any.")
    api_version: str = Field("2024-10-21", description="Azure OpenAI's API version.")
    timeout: float = Field(30.0, gt=0, description="Seconds until an answer without the ranking model is given.")
    retries: int = Field(1, ge=0, le=5, description="Repeated tries after 429, 5xx and lost connections.")
    max_output_tokens: int = Field(500, ge=50, description="Most tokens of one answer of the ranking model.")
    daily_calls: int = Field(0, ge=0, description="Most calls in a day (UTC) for one tenant; 0: no limit.")
    daily_cost: float = Field(0.0, ge=0, description="Most money in a day (UTC), in the prices' unit; 0: no limit.")
    prompt_price: float = Field(2.5, ge=0, description="Price of a million prompt tokens.")
    completion_price: float = Field(10.0, ge=0, description="Price of a million answer tokens.")


class LimitSettings(Group):
    """How often one person may search; answers without a search are free."""

    searches_per_minute: int = Field(20, ge=0, description="Most searches of one person in a minute; 0: no limit.")
    searches_per_day: int = Field(0, ge=0, description="Most searches of one person in 24 hours; 0: no limit.")
