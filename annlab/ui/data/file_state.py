"""State of the open file in a session: what the user chose, and how the file was understood."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.description import Description
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.datasets.own.recipe import ColumnType, Dialect, Role, TableRecipe
from annlab.store.database import StoreError
from annlab.ui.services import services
from annlab.ui.state.page_state import PageState

# Link name of the open file.
FILE = "file"
# Value of the page: a sentence about the last action, if it failed.
PROBLEM = "problem"
# Roles that new columns take over from the columns that had them.
_REPLACED = ("target", "group")


@dataclass(frozen=True)
class Choices:
    """What the user changed in the guesses about a file.

    Attributes
    ----------
    dialect : Dialect or None
        How the file is read; None: as guessed.
    sheet : str
        Sheet of a workbook for which that is guessed; empty: the first one with cells.
    types, roles : dict of str
        Chosen types and roles, by the names of columns.
    """

    dialect: Dialect | None = None
    sheet: str = ""
    types: dict[str, ColumnType] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)

    def with_sheet(self, sheet: str) -> "Choices":
        """These choices for another sheet, which may be written in another way."""
        return replace(self, dialect=None, sheet=sheet)

    def with_types(self, names: list[str], chosen: ColumnType) -> "Choices":
        """These choices with a type of columns."""
        return replace(self, types={**self.types, **dict.fromkeys(names, chosen)})

    def with_roles(self, names: list[str], chosen: Role) -> "Choices":
        """These choices with a role of columns; only the first of them can be the group.

        New targets, or a new group, replace the columns that had the role.
        """
        kept = self.roles
        if chosen == "group":
            names = names[:1]
        if chosen in _REPLACED:
            # The default holds again for the columns that had the role.
            kept = {name: role for name, role in self.roles.items() if role != chosen}
        return replace(self, roles={**kept, **dict.fromkeys(names, chosen)})


def choices_of(recipe: TableRecipe) -> Choices:
    """Choices that give a recipe again.

    Parameters
    ----------
    recipe : TableRecipe
        Its ignored columns have no types of their own.
    """
    used = [column for column in recipe.columns if column.role in ("feature", "target")]
    return Choices(
        recipe.dialect,
        types={column.name: column.type for column in used},
        roles={column.name: column.role for column in recipe.columns},
    )


class FileState:
    """The file that is open on the page.

    Parameters
    ----------
    page : PageState
        Of the page; its view has the option "file".
    owner : str
        Key of the browser.
    """

    def __init__(self, page: PageState, owner: str) -> None:
        self.page, self.owner = page, owner

    @property
    def file(self) -> str:
        """SHA-256 of the open file; empty if none is open."""
        return self.page.view(FILE) or ""

    @property
    def title(self) -> str:
        """Name of the open file; untrusted text."""
        return services().own_data.title(self.owner, self.file)

    @property
    def choices(self) -> Choices:
        """What the user chose; after a reload, as in the data set made last."""
        found: Choices | None = self.page.get(self._name("choices"))
        if found is None:
            entries = services().own_data.entries(self.owner)
            made = next((e.own for e in entries if e.file == self.file and e.own), None)
            found = choices_of(made.recipe) if made and made.recipe else Choices()
            self.page.set(self._name("choices"), found)
        return found

    def choose(self, choices: Choices) -> None:
        """Change the choices."""
        self.page.set(self._name("choices"), choices)
        self.page.set("use", None)
        self.page.set(PROBLEM, None)

    def _name(self, what: str) -> str:
        return f"{what}-{self.file}"

    def request(self) -> FileRequest:
        """Request for the description of the file with these choices.

        Raises
        ------
        OwnDataError
            If the browser has not loaded the file.
        annlab.store.database.StoreError
            If the store cannot be used.
        """
        choices = self.choices
        return services().own_data.file_request(
            self.owner, self.file, choices.dialect, choices.types, choices.roles, choices.sheet
        )

    def take(self, data: bytes | None) -> Description | None:
        """Keep the result of the request, and return the last one."""
        if data is not None:
            self.page.set(self._name("description"), data)
        known: bytes | None = self.page.get(self._name("description"))
        return Description.model_validate_json(known) if known else None

    def open(self, file: str, recipe: TableRecipe | None = None) -> None:
        """Open a file, read as a recipe says."""
        self.close()
        self.page.set_view(**{FILE: file})
        if recipe is not None:
            self.page.set(self._name("choices"), choices_of(recipe))

    def close(self) -> None:
        """Close the file; its data stay."""
        for what in ("choices", "description"):
            self.page.set(self._name(what), None)
        self.page.set("use", None)
        self.page.set(PROBLEM, None)
        self.page.set_view(**{FILE: None})

    def upload(self, data: bytes, title: str) -> None:
        """Take in a file and open it.

        Raises
        ------
        ValueError
            If the file cannot be kept; a sentence for the user.
        """
        self.open(services().own_data.add_file(self.owner, data, title))

    @contextmanager
    def noting_problems(self) -> Iterator[None]:
        """Keep the sentence of an error for the page, in place of an earlier one."""
        self.page.set(PROBLEM, None)
        try:
            yield
        except (ValueError, StoreError) as error:
            self.page.set(PROBLEM, str(error))

    # --- use ---------------------------------------------------------------------------------

    def use(self, recipe: TableRecipe, bench: str) -> None:
        """Want the data set of a recipe on a bench, by its name in `PAGES`."""
        self.page.set("use", (recipe, bench))

    def wanted_table(self) -> tuple[TableRequest, str] | None:
        """Request for the wanted data set, and the bench on which to use it; None if none is."""
        wish: tuple[TableRecipe, str] | None = self.page.get("use")
        if wish is None:
            return None
        recipe, bench = wish
        return services().own_data.table_request(self.owner, self.file, recipe), bench

    def keep(self, data: bytes) -> OwnData:
        """Keep the wanted data set.

        Raises
        ------
        ValueError
            If there is no room; a sentence for the user.
        """
        self.page.set("use", None)
        return services().own_data.keep_table(self.owner, data, self.title)

    def key(self, name: str) -> str:
        """Session key of a widget that belongs to the open file."""
        return self.page.key(f"{name}-{self.file[:8]}")

    def value(self, name: str, default: Any = None) -> Any:
        """Read a value of the page from the session."""
        return self.page.get(name, default)
