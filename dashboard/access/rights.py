"""Rights of a person in the account, as Harvest grants them.

Administrators see everything. Managers see their own work, that of the people they manage and of
the projects they manage, and what their further rights allow; members see their own work. What a
right is needed for says the table of metrics, listings and entities; how it is kept from everybody
else, `sight.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from dashboard.config.errors import NotVisible


class Right(StrEnum):
    """Right that not everybody has; the value completes "it needs …"."""

    RATES = "the right to see billable rates"
    INVOICES = "a right to invoices"
    ESTIMATES = "the right to estimates"
    CLIENTS = "the right to manage clients and tasks"
    ACCOUNT = "an administrator"
    """Costs and profit, and whatever is about the account as a whole."""


_GRANTS = {
    "billable_rates_manager": Right.RATES,
    "managed_projects_invoice_drafter": Right.INVOICES,
    "managed_projects_invoice_manager": Right.INVOICES,
    "estimates_manager": Right.ESTIMATES,
    "client_and_task_manager": Right.CLIENTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person of the account; of an administrator `people` and `projects` say nothing.

    `people` are those whose whole work is seen, the person among them; `projects` those of which
    everybody's work is seen. `shared_budgets` are further projects whose budget is shown to the
    people on them.
    """

    user_id: int | None
    name: str
    rights: frozenset[Right]
    people: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()
    shared_budgets: frozenset[int] = frozenset()
    is_manager: bool = False

    @property
    def sees_everything(self) -> bool:
        return Right.ACCOUNT in self.rights

    @property
    def key(self) -> str:
        """The same for viewers who see the same, and for no others: part of every cache key."""
        if self.sees_everything:
            return "everything"
        parts = (
            sorted(self.rights), sorted(self.people), sorted(self.projects),
            sorted(self.shared_budgets), self.is_manager,
        )  # fmt: skip
        return sha256(repr(parts).encode()).hexdigest()[:24]

    def has_rights(self, needs: Collection[Right]) -> bool:
        return self.sees_everything or self.rights.issuperset(needs)

    def require(self, what: str, needs: Iterable[Right]) -> None:
        """Raise `NotVisible` that names `what` unless the viewer has all the rights."""
        if self.has_rights(needs := frozenset(needs)):
            return
        if Right.ACCOUNT in needs:
            raise NotVisible(f"Not visible to you: {what}. Only administrators see it.", remedy="")
        missing = " and ".join(sorted(needs - self.rights))
        raise NotVisible(f"Not visible to you: {what}. It needs {missing}.")


EVERYTHING = Viewer(user_id=None, name="", rights=frozenset(Right))
"""Whoever runs this on their own machine, where nobody signs in: they hold the token itself."""


def make_viewer(
    *,
    user_id: int,
    name: str,
    access_roles: Collection[str],
    teammates: Iterable[int],
    managed: Iterable[int],
    shared_budgets: Iterable[int],
) -> Viewer:
    """Return the viewer that a person of the account is; further rights are managers' alone.

    `access_roles` as Harvest names them. None that is known makes a member.
    """
    if "administrator" in access_roles:
        return Viewer(user_id=user_id, name=name, rights=frozenset(Right), is_manager=True)
    is_manager = "manager" in access_roles
    return Viewer(
        user_id=user_id,
        name=name,
        rights=frozenset(_GRANTS[role] for role in access_roles if is_manager and role in _GRANTS),
        people=frozenset({user_id, *(teammates if is_manager else ())}),
        projects=frozenset(managed if is_manager else ()),
        shared_budgets=frozenset(shared_budgets),
        is_manager=is_manager,
    )


COLUMN_NEEDS: Mapping[str, Right] = {
    **dict.fromkeys(("billable_rate", "rounded_amount", "raw_amount"), Right.RATES),
    **dict.fromkeys(("cost_rate", "rounded_cost", "raw_cost", "is_contractor"), Right.ACCOUNT),
}
"""Columns of facts that are NULL for whoever lacks the right."""

_RATES = frozenset({"billable_rate", "default_hourly_rate", "hourly_rate", "fee", "cost_budget"})
_COSTS = frozenset({"cost_rate"})
# What is about contracts, and budgets that may be in money.
_ALSO: Mapping[str, Right] = {
    "user.is_contractor": Right.ACCOUNT,
    "task_assignment.budget": Right.RATES,
    "task_assignments.budget": Right.RATES,
}
_ENTITIES: Mapping[str, Right] = {
    "company": Right.ACCOUNT,
    "roles": Right.ACCOUNT,
    "expense_categories": Right.ACCOUNT,
    "estimate_item_categories": Right.ACCOUNT,
    "clients": Right.CLIENTS,
    "contacts": Right.CLIENTS,
    "tasks": Right.CLIENTS,
    "invoices": Right.INVOICES,
    "estimates": Right.ESTIMATES,
}


def entity_needs(entity: str, viewer: Viewer) -> frozenset[Right]:
    """Return the rights without which Harvest answers 403 to whoever asks for `entity`.

    Of the rest everybody sees a part, which may be nothing.
    """
    if entity in _ENTITIES:
        return frozenset({_ENTITIES[entity]})
    if entity == "invoice_item_categories" and not viewer.projects:
        return frozenset({Right.ACCOUNT})
    return frozenset()


def field_needs(path: str, entity: str = "") -> frozenset[Right]:
    """Return the right to see the field at `path` of a record, at any depth."""
    names = path.split(".")
    if _COSTS.intersection(names):
        return frozenset({Right.ACCOUNT})
    also = _ALSO.get(path) or _ALSO.get(f"{entity}.{path}")
    if also:
        return frozenset({also})
    return frozenset({Right.RATES}) if _RATES.intersection(names) else frozenset()


def demand_fields(viewer: Viewer, paths: Iterable[str], entity: str = "") -> None:
    """Raise `NotVisible` for the first of the fields that the viewer may not see.

    A filter or an order by what is hidden would tell its value.
    """
    for path in sorted(paths):
        viewer.require(f"the field {path}", field_needs(path, entity))
