"""Errors of the database, as sentences for users without passwords."""

import os

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchColumnError

# What errors of SQLite and PostgreSQL, by their names or codes, say about a database.
_DAMAGE = {
    "SQLITE_NOTADB": "is not an SQLite database",
    "SQLITE_CORRUPT": "is damaged",
    "XX001": "is damaged",  # data_corrupted
    "XX002": "is damaged",  # index_corrupted
    "42P01": "lacks a table",  # undefined_table
    "42703": "lacks a column",  # undefined_column
}
# SQLite has one code for all errors in a statement. The second texts are those of INSERT.
_LACKS = {
    "no such table": "lacks a table",
    "no such column": "lacks a column",
    "has no column named": "lacks a column",
}


class StoreError(RuntimeError):
    """The database cannot be used. The message is a sentence for the user."""


def public(url: sa.URL) -> str:
    """Database URL with the password hidden and without options, which may contain one."""
    if url.get_backend_name() == "sqlite":
        return os.path.basename(url.database or "")
    return url.set(query={}).render_as_string(hide_password=True)


def sentence(url: sa.URL, error: Exception) -> str:
    """Why a database cannot be used, and what to do if its content is the cause.

    Parameters
    ----------
    url : sqlalchemy.URL
        The password in it, if any, stays out of the sentence.
    error : Exception
        Error of SQLAlchemy, the driver or the system.

    Returns
    -------
    str
    """
    cause = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
    reason = str(cause).partition("\n")[0].rstrip(".")
    secrets = [url.password, *(v for key, v in url.query.items() if "password" in key)]
    if any(str(secret) in reason for secret in secrets if secret):
        reason = type(error).__name__
    if damage := _damage(error):
        return (
            f"The database {public(url)} {damage} ({reason}). annlab leaves it unchanged: restore "
            "a backup, or use another database."
        )
    return f"The database {public(url)} cannot be used: {reason}."


def _damage(error: Exception) -> str:
    """What is wrong with the content of a database; empty if something else is wrong."""
    if isinstance(error, NoSuchColumnError):
        return "lacks a column"
    if not isinstance(error, DBAPIError) or error.orig is None:
        return ""
    names = ("sqlite_errorname", "sqlstate", "pgcode")  # of sqlite3, psycopg and psycopg2
    code = next((str(value) for name in names if (value := getattr(error.orig, name, None))), "")
    # An extended name says more than its first two words, such as SQLITE_CORRUPT_INDEX.
    code = "_".join(code.split("_")[:2])
    text = str(error.orig)
    return _DAMAGE.get(code) or next((says for part, says in _LACKS.items() if part in text), "")
