"""What made the landmarks, and whether landmarks of two origins can be mixed.

Every extractor describes itself as JSON: see `Extractor.provenance`. Tables and models carry that
JSON; it is compared here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from handpose.errors import ProvenanceWarning

_PLACES_NOTHING = frozenset(
    {
        "num_hands",
        "effort",
        "mirrored",
        "min_detection_confidence",
        "min_presence_confidence",
        "min_tracking_confidence",
        "point_scores",
    }
)
"""Options that say which hands are looked for and how images come, not where a landmark is put."""


@dataclass(frozen=True)
class Provenance:
    """What made some landmarks; all of it empty where unknown.

    Attributes
    ----------
    name : str
        Of the extractor.
    version : str
        Of its code, as text.
    precision : str
        Of its arithmetic. The processor chooses it, and it moves a landmark by a hundredth of the
        palm (see `NativeExtractor`): a model goes from one machine to another without a warning.
    options : dict
        Keywords that it was made with.
    networks : dict of str
        SHA-256 of each network, by file name.
    """

    name: str = ""
    version: str = ""
    precision: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Provenance:
        """Read what `Extractor.provenance` says.

        Raises
        ------
        ValueError
            If it does not have that form.
        """
        if not is_provenance(document):
            raise ValueError("not the provenance of landmarks")
        return cls(
            name=document.get("name", ""),
            version=str(document.get("version", "")),
            precision=document.get("precision", ""),
            options=document.get("options", {}),
            networks=document.get("networks", {}),
        )

    def __bool__(self) -> bool:
        return self != Provenance()

    def differences(self, other: Provenance) -> list[str]:
        """What differs such that the landmarks do, in a few words each: ``version 3, not 5``.

        Nothing differs from what is unknown.
        """
        return list(self._differences(other)) if self and other else []

    def describe(self) -> str:
        """Name and version, for people."""
        name = self.name or "unknown extractor"
        return f"{name} {self.version}".strip()

    def _differences(self, other: Provenance) -> Iterator[str]:
        if self.name != other.name:
            yield f"extractor {self.describe()}, not {other.describe()}"
        elif self.version != other.version:
            yield f"version {self.version or 'unknown'}, not {other.version or 'unknown'}"
        if self.networks != other.networks:
            yield f"networks {_listed(self.networks)}, not {_listed(other.networks)}"
        for option in sorted((self.options.keys() & other.options.keys()) - _PLACES_NOTHING):
            if self.options[option] != other.options[option]:
                yield f"{option} {self.options[option]}, not {other.options[option]}"


def is_provenance(value: Any) -> bool:
    """Whether JSON has the form of `Extractor.provenance`."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("name", ""), str)
        and isinstance(value.get("version", 0), str | int)
        and isinstance(value.get("precision", ""), str)
        and isinstance(value.get("options", {}), dict)
        and isinstance(value.get("networks", {}), dict)
        and all(isinstance(digest, str) for digest in value.get("networks", {}).values())
    )


def _listed(networks: Mapping[str, str]) -> str:
    shown = (f"{name} {digest[:8]}" for name, digest in sorted(networks.items()))
    return ", ".join(shown) or "unknown"


def warn_if_foreign(
    trained: Mapping[str, Any], given: Mapping[str, Any], *, stacklevel: int = 2
) -> None:
    """Warn if a model meets landmarks that were made in another way than those it learnt from.

    Parameters
    ----------
    trained, given : dict
        As from `Extractor.provenance`; empty where unknown, which warns of nothing.
    stacklevel : int, default=2
        Whose line the warning names: 2 is the caller.

    Warns
    -----
    ProvenanceWarning
    """
    learnt_from, meets = Provenance.from_dict(trained), Provenance.from_dict(given)
    differences = learnt_from.differences(meets)
    if differences:
        warnings.warn(
            f"the model was trained on landmarks of {learnt_from.describe()}, but these come from "
            f"{meets.describe()} ({'; '.join(differences)}); expect lower accuracy, or extract and "
            "train again",
            ProvenanceWarning,
            stacklevel=stacklevel + 1,
        )
