"""The Optuna studies of one search, one for each part, in a journal file or in memory."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handpose.automl.errors import SearchError
from handpose.errors import MissingExtraError

if TYPE_CHECKING:
    import optuna

_FINGERPRINT = "data"

LOCKED_S = 10
"""Seconds after which the lock of a killed worker is broken; others hold it for milliseconds."""


def import_optuna() -> Any:
    """Optuna, with its messages switched off.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise MissingExtraError("search", "search") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class Studies:
    """The studies of one search.

    Parameters
    ----------
    journal : str, Path or None
        File with every trial. A later search continues from it, and searches at the same time
        share their trials. None keeps the trials in memory.
    fingerprint : str
        Of the data and of what can be tried: the journal of another search is refused.
    random_state : int

    Raises
    ------
    SearchError
        If the journal is damaged, cannot be written, or belongs to other data.
    """

    def __init__(self, journal: str | Path | None, fingerprint: str, random_state: int):
        self._optuna = import_optuna()
        self._journal = None if journal is None else Path(journal)
        self._fingerprint = fingerprint
        self._random_state = random_state
        self._unwritten: SearchError | None = None
        self._storage = self._open()

    def study(self, part: str) -> optuna.Study:
        """The study of a part, created if necessary.

        Successive halving compares candidates after folds 1, 2 and 4 and stops the worse half.
        """
        pruner = self._optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
        study = self._optuna.create_study(
            study_name=part,
            direction="maximize",
            storage=self._storage,
            load_if_exists=True,
            pruner=pruner,
        )
        known = study.user_attrs.get(_FINGERPRINT)
        if known is None and not study.trials:
            study.set_user_attr(_FINGERPRINT, self._fingerprint)
        elif known != self._fingerprint:
            raise SearchError(
                f"{self._journal}: is the journal of a search on other data or with other "
                "settings; use another file"
            )
        study.sampler = self._optuna.samplers.TPESampler(seed=self._seed(study))
        return study

    def remember(self, part: str, name: str, value: Any) -> None:
        """Store a JSON value beside the trials of a part."""
        self.study(part).set_user_attr(name, value)

    def recall(self, part: str, name: str) -> Any:
        """A stored value, or None."""
        return self.study(part).user_attrs.get(name)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Report content that cannot be read as a damaged journal."""
        try:
            yield
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._damaged(error) from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Report a journal that cannot be written, whatever Optuna makes of it."""
        try:
            yield
        except Exception:
            if self._unwritten is not None:
                raise self._unwritten from None
            raise

    def _seed(self, study: optuna.Study) -> int:
        """A seed that differs between workers that share a journal."""
        if self._journal is None:
            return self._random_state
        return (self._random_state + 7919 * len(study.trials) + os.getpid()) % 2**32

    def _open(self) -> Any:
        if self._journal is None:
            return None
        journals = self._optuna.storages.journal
        path = self._journal
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Optuna's journals are experimental
                lock = journals.JournalFileOpenLock(str(path), grace_period=LOCKED_S)
                _cut_unfinished_line(path, lock)
                backend = journals.JournalFileBackend(str(path), lock)
                backend.append_logs = self._checked(backend.append_logs, path)
                storage = self._optuna.storages.JournalStorage(backend)
                storage.get_all_studies()
        except OSError as error:
            raise SearchError(f"{path}: cannot be used as a journal ({error.strerror})") from None
        except Exception as error:  # a damaged line can fail in any way inside Optuna
            raise self._damaged(error) from None
        return storage

    def _checked(self, append: Callable[[Any], None], path: Path) -> Callable[[Any], None]:
        """The same, but a line that is not in the file afterwards is an error."""

        def append_or_fail(logs: Any) -> None:
            before = path.stat().st_size
            try:
                append(logs)
                with path.open("rb") as file:
                    grown = file.seek(-1, os.SEEK_END) + 1 > before
                    written = grown and file.read() == b"\n"
            except OSError:
                written = False
            if not written:
                self._unwritten = SearchError(
                    f"{path}: cannot be written; free some space or use another file"
                )
                raise self._unwritten

        return append_or_fail

    def _damaged(self, error: Exception) -> SearchError:
        return SearchError(
            f"{self._journal}: damaged, or not the journal of a search ({type(error).__name__}); "
            "remove it or use another file"
        )


def _cut_unfinished_line(path: Path, lock: Any) -> None:
    """Remove an unfinished last line, as a killed worker leaves it.

    Raises
    ------
    ValueError
        If the line before is not JSON: Optuna would notice only later.
    """
    if not path.exists():
        return
    lock.acquire()
    try:
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole:
            json.loads(content[:whole].splitlines()[-1])
        elif content:
            raise ValueError("no complete line")
        if whole < len(content):
            os.truncate(path, whole)
    finally:
        lock.release()
