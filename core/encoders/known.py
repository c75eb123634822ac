"""The encoders that can be chosen by name: where their weights come from and what they are good for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A file or files on the model hub.

    Attributes:
        repository: ``owner/name`` on the hub.
        required: names of the files that must be there.
        optional: glob patterns of what is fetched beside them.
    """

    repository: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """Glob patterns of all that is fetched."""
        return self.required + self.optional

    @property
    def files(self) -> str:
        """What is required, for a sentence."""
        return " and ".join(self.required)


@dataclass(frozen=True, slots=True)
class Known:
    """One choice for ``encoder.name``.

    Attributes:
        weights: None: they come with the program's packages.
        tokenizer: where the vocabulary is published, for families that keep it elsewhere; None: beside the
            weights, or with the program's packages.
        megabytes: of the download, about.
        dimension: of a vector; 0: known only once it is loaded.
    """

    name: str
    summary: str
    weights: Published | None
    tokenizer: Published | None
    dimension: int
    languages: str
    licence: str
    megabytes: int


_REQUIRED, _OPTIONAL = ("config.json", "preprocessor_config.json", "model.safetensors"), ("*.json", "*.txt", "*.model")
_BGE_VISUALIZED = "BAAI/bge-visualized"

ALL = (
    Known(
        "starter", "comes with the program; knows what ImageNet knows, and plain colours",
        None, None, 0, "English", "Apache-2.0, MIT", 0,
    ),
    Known(
        "visualized-bge", "the tutorial's model: pictures with words, text search",
        Published(_BGE_VISUALIZED, ("Visualized_base_en_v1.5.pth",)), None, 768, "English", "MIT", 786,
    ),
    Known(
        "visualized-bge-m3", "the same for many languages; four times slower",
        Published(_BGE_VISUALIZED, ("Visualized_m3.pth",)), Published("BAAI/bge-m3", ("tokenizer.json",)),
        1024, "over 100", "MIT", 3480,
    ),
    Known(
        "bge-vl-base", "better at a picture changed by words; fast",
        Published("BAAI/BGE-VL-base", _REQUIRED, _OPTIONAL), None, 512, "English", "MIT", 600,
    ),
    Known(
        "bge-vl-large", "the best here at a picture changed by words",
        Published("BAAI/BGE-VL-large", _REQUIRED, _OPTIONAL), None, 768, "English", "MIT", 1710,
    ),
    Known(
        "clip", "any CLIP or SigLIP checkpoint that encoder.weights names",
        Published("openai/clip-vit-large-patch14", _REQUIRED, _OPTIONAL), None,
        0, "the checkpoint's", "the checkpoint's", 1710,
    ),
)  # fmt: skip


_BY_NAME = {entry.name: entry for entry in ALL}


def known(name: str) -> Known:
    """The entry of that name; KeyError for others."""
    return _BY_NAME[name]
