"""Upgrades of the workspace file, one Alembic revision each; a copy is made before an existing file is touched."""

import contextlib
import logging
import sqlite3
from pathlib import Path

_log = logging.getLogger("mmhub.store")


def upgrade(path: Path, *, is_new: bool) -> Path | None:
    """Bring a workspace file to the newest revision, blocking. Returns the copy made before, None for a new file."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from mmhub_desktop.store.database import APPLICATION_ID, SCHEMA_VERSION

    copy = None if is_new else copy_before_upgrade(path)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    engine.dispose()
    _log.info("workspace upgraded to schema %s", SCHEMA_VERSION)
    return copy


def copy_before_upgrade(path: Path) -> Path:
    """A consistent copy beside the file, named by its schema version."""
    from mmhub_desktop.store.workspace_copy import copy_workspace

    with contextlib.closing(sqlite3.connect(path)) as source:
        version = source.execute("PRAGMA user_version").fetchone()[0]
    copy = path.with_name(f"{path.stem}.before-upgrade-{version}.backup{path.suffix}")
    copy_workspace(path, copy)
    return copy
