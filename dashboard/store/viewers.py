"""Viewers: the people of the account and their rights, read from the snapshot.

So a right that is given or taken in Harvest counts here from the next sync on.
"""

from dashboard.access.rights import Viewer, make_viewer
from dashboard.access.user_mapping import is_address_sql, normalize_address
from dashboard.config.errors import NoAccess
from dashboard.store.snapshots import Snapshot

_PERSON = """\
SELECT
    u.id AS id,
    trim(concat_ws(' ', u.first_name, u.last_name)) AS name,
    coalesce(u.access_roles, []) AS access_roles
FROM records.users AS u
WHERE u.is_active"""

_MANAGED = """\
SELECT a.project.id AS id
FROM records.user_assignments AS a
WHERE a."user".id = ? AND a.is_active AND a.is_project_manager"""

_SHARED = """\
SELECT a.project.id AS id
FROM records.user_assignments AS a
JOIN records.projects AS p ON p.id = a.project.id
WHERE a."user".id = ? AND a.is_active AND p.show_budget_to_all"""

_TEAMMATES = "SELECT t.user_id AS id FROM teammates AS t WHERE t.manager_id = ?"


def viewer_of(snapshot: Snapshot, user_id: int) -> Viewer:
    """Return the person with this id. Raises `NoAccess` for one that is archived or unknown."""
    rows = snapshot.rows(f"{_PERSON} AND u.id = ?", (user_id,))
    return _make_viewer(snapshot, rows, f"the person {user_id}")


def viewer_by_email(snapshot: Snapshot, email: str) -> Viewer:
    """The person with this address, in any case. Raises `NoAccess` unless there is exactly one."""
    rows = snapshot.rows(f"{_PERSON} AND {is_address_sql('u.email')}", (normalize_address(email),))
    return _make_viewer(snapshot, rows, email)


def _make_viewer(snapshot: Snapshot, matches: list[tuple[int, str, list[str]]], who: str) -> Viewer:
    if len(matches) != 1:
        raise NoAccess(f"{who} is no active person of this Harvest account.")
    ((user_id, name, access_roles),) = matches
    # A copy from before teammates were read has none: its managers see less, never more.
    teammates = _TEAMMATES if snapshot.has_table("teammates") else "SELECT 1 WHERE ? IS NULL"
    item = (
        [int(id) for (id,) in snapshot.rows(sql, (user_id,)) if id is not None]
        for sql in (teammates, _MANAGED, _SHARED)
    )
    mates, managed, shared = item
    return make_viewer(
        user_id=user_id,
        name=name,
        access_roles=access_roles,
        teammates=mates,
        managed=managed,
        shared_budgets=shared,
    )
