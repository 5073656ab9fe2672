"""Own data of all browsers: who loaded them, who may see them, and when they are deleted."""

import hashlib
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.opening import UnreadableFileError, check_size
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.datasets.own.recipe import ColumnType, Dialect, Role, TableRecipe
from annlab.datasets.own.table import table_from_bytes
from annlab.jobs.computations import Computations
from annlab.store.database import StoreError
from annlab.store.own_claims import OwnEntry
from annlab.store.own_data_room import Removed
from annlab.store.own_data_store import OwnDataError
from annlab.store.repository import RunRepository

log = logging.getLogger(__name__)

# Seconds between two looks for data that nobody has used for a day.
SWEEP_SECONDS = 3600.0


class OwnDataService:
    """Takes in files, makes tables of them, and deletes both with everything on them.

    While the store cannot be used, `entries`, `title` and `may_see` answer as their docstrings say,
    and `sweep_if_due` logs why nothing was deleted. Every other method that needs the store raises
    `annlab.store.database.StoreError`, with a sentence for the user: own data are never kept in
    memory.

    Parameters
    ----------
    repository : RunRepository
        Where data and runs are kept.
    computations : Computations
        Where files are read.
    """

    def __init__(self, repository: RunRepository, computations: Computations) -> None:
        self._repository, self._computations = repository, computations
        self._store = repository.store.own_data
        self._sweep_due = 0.0
        self._sweeper = ThreadPoolExecutor(1, thread_name_prefix="annlab-own-data")

    def close(self) -> None:
        """Wait for the end of a sweep."""
        self._sweeper.shutdown()

    # --- bringing ------------------------------------------------------------------------

    def add_file(self, owner: str, data: bytes, title: str) -> str:
        """Keep a file as it was uploaded, without reading it.

        Parameters
        ----------
        owner : str
            Key of the browser.
        data : bytes
            Untrusted content of the file.
        title : str
            Name of the file.

        Returns
        -------
        str
            SHA-256 of the file.

        Raises
        ------
        OwnDataError
            If the file is empty, too large, or does not fit; the message is a sentence for the
            user.
        """
        _check_size(data)
        digest = hashlib.sha256(data).hexdigest()
        self._forget(self._store.add(owner, digest, data, title))
        return digest

    def file_request(
        self,
        owner: str,
        file: str,
        dialect: Dialect | None = None,
        types: Mapping[str, ColumnType] | None = None,
        roles: Mapping[str, Role] | None = None,
        sheet: str = "",
    ) -> FileRequest:
        """Request for the computation "file_description", which describes a file.

        Parameters
        ----------
        owner : str
            Key of the browser.
        file : str
            SHA-256 of the file.
        dialect : Dialect, optional
            How the file is read. Default: guessed.
        types, roles : mapping of str, optional
            Types and roles that the user chose, by the names of columns.
        sheet : str
            Sheet of a workbook for which the dialect is guessed. Default: the first with cells.

        Raises
        ------
        OwnDataError
            If the browser has not loaded the file.
        """
        self._check(owner, file)
        return FileRequest(
            file=file,
            dialect=dialect,
            sheet=sheet,
            types=tuple(sorted((types or {}).items())),
            roles=tuple(sorted((roles or {}).items())),
        )

    def table_request(self, owner: str, file: str, recipe: TableRecipe) -> TableRequest:
        """Request for the computation "table", whose result `keep_table` takes.

        Parameters
        ----------
        owner : str
            Key of the browser.
        file : str
            SHA-256 of the file.
        recipe : TableRecipe

        Raises
        ------
        OwnDataError
            If the browser has not loaded the file.
        """
        self._check(owner, file)
        return TableRequest(file=file, recipe=recipe)

    def _check(self, owner: str, file: str) -> None:
        if not self._store.owns(owner, file):
            raise OwnDataError("This file was deleted. Load it again.")
        self._store.touch(owner, [file])

    def keep_table(self, owner: str, data: bytes, title: str) -> OwnData:
        """Keep a table for a browser; the same one may be kept again.

        Parameters
        ----------
        owner : str
            Key of the browser.
        data : bytes
            Result of the computation "table", or of `Table.to_bytes`.
        title : str
            Name for people.

        Returns
        -------
        OwnData
            Facts for a `DatasetConfig`.

        Raises
        ------
        OwnDataError
            If the table does not fit.
        """
        own = table_from_bytes(data).own
        self._forget(self._store.add(owner, own.content, data, title, own))
        return own.model_copy(update={"title": self._store.title(owner, own.content)})

    def load_for_link(self, owner: str, data: bytes, own: OwnData) -> bool:
        """Take in the file that somebody else's link needs.

        Parameters
        ----------
        owner : str
            Key of the browser.
        data : bytes
            Untrusted content of the file.
        own : OwnData
            Own data of the link.

        Returns
        -------
        bool
            Whether its table is there now. If not, `table_request` with ``own.recipe`` and
            `keep_table` make it.

        Raises
        ------
        OwnDataError
            If it is another file, or does not fit.
        """
        _check_size(data)
        if hashlib.sha256(data).hexdigest() != own.file:
            wanted = f"“{own.title}”" if own.title else "another file"
            raise OwnDataError(
                f"This is not the file that the link needs, which is {wanted} with exactly the "
                "content it had when the link was made."
            )
        self.add_file(owner, data, own.title)
        return self._store.claim(owner, own)

    # --- looking -------------------------------------------------------------------------

    def entries(self, owner: str) -> list[OwnEntry]:
        """Files and tables of a browser, the last used first; empty while the store fails."""
        with suppress(StoreError):
            return self._store.entries(owner)
        return []

    def title(self, owner: str, digest: str) -> str:
        """Name of a file or a table of a browser; empty without one, or while the store fails."""
        with suppress(StoreError):
            return self._store.title(owner, digest)
        return ""

    def may_see(self, owner: str, own: OwnData | None) -> bool:
        """Whether a browser may see data and runs on them; counts as a use.

        True for data that it has loaded, for points that the config itself holds, which it
        claims by that, and for None: no own data. While the store fails, True only for such points
        and for None.

        Parameters
        ----------
        owner : str
            Key of the browser; empty for a browser without one.
        own : OwnData or None
            Own data of a config.
        """
        if own is None:
            return True
        with suppress(StoreError):
            if self._store.owns(owner, own.content):
                self._store.touch(owner, [own.content, own.file])
                return True
            return bool(own.points) and (not owner or self._store.claim(owner, own))
        return bool(own.points)

    # --- keeping and deleting ------------------------------------------------------------

    def pin(self, owner: str, digest: str, pinned: bool = True) -> None:
        """Keep data until the browser deletes them, or end that; a file goes with its tables.

        Raises
        ------
        OwnDataError
            If the pinned data would take too much room.
        """
        self._store.pin(owner, self._family(owner, digest), pinned)

    def delete(self, owner: str, digest: str) -> None:
        """Delete a table, or a file with its tables, and the runs on them.

        A file goes with its last table. Data that another browser has loaded too stay for that
        browser.
        """
        entries = self._store.entries(owner)
        gone = {e.digest for e in entries if digest in (e.digest, e.file)}
        still_used = {e.file for e in entries if e.digest not in gone}
        gone |= {e.file for e in entries if e.digest in gone and e.file} - still_used
        self._forget(self._store.release(owner, gone))

    def delete_all(self, owner: str) -> None:
        """Delete everything that a browser has loaded, pinned or not, and the runs on it."""
        self._forget(self._store.release(owner))

    def _family(self, owner: str, digest: str) -> list[str]:
        """A file and its tables, or a table and its file."""
        entries = self._store.entries(owner)
        files = [entry.file for entry in entries if entry.digest == digest]
        return [e.digest for e in entries if digest in (e.digest, e.file)] + files

    def _forget(self, removed: Removed) -> None:
        """Drop deleted data from memory too."""
        if not removed.contents:
            return
        log.info("Own data deleted: contents=%d", len(removed.contents))
        self._repository.forget(removed)
        self._computations.forget(removed.contents)
        for content in removed.contents:
            tables.forget(content)

    def sweep_if_due(self) -> None:
        """Delete what was not used for a day, in a thread and at most once an hour."""
        if time.monotonic() < self._sweep_due:
            return
        self._sweep_due = time.monotonic() + SWEEP_SECONDS
        with suppress(RuntimeError):  # the server ends
            self._sweeper.submit(self._sweep)

    def _sweep(self) -> None:
        try:
            self._forget(self._store.sweep())
        except StoreError as error:
            log.warning("Own data could not be looked through: %s", error)


def _check_size(data: bytes) -> None:
    if not data:
        raise OwnDataError("This file is empty.")
    try:
        check_size(len(data))
    except UnreadableFileError as error:
        raise OwnDataError(str(error)) from None
