"""Rights that entities and fields require, by the names that Harvest gives them."""

from collections.abc import Iterable, Mapping

from dashboard.access.rights import Right, Viewer

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
    """The rights without which Harvest answers 403 to whoever asks for `entity`.

    Of the rest everybody sees a part, which may be nothing.
    """
    if entity in _ENTITIES:
        return frozenset({_ENTITIES[entity]})
    if entity == "invoice_item_categories" and not viewer.projects:
        return frozenset({Right.ACCOUNT})
    return frozenset()


def field_needs(path: str, entity: str = "") -> frozenset[Right]:
    """The right to see the field at `path` of a record, at any depth."""
    names = path.split(".")
    if _COSTS.intersection(names):
        return frozenset({Right.ACCOUNT})
    also = _ALSO.get(path) or _ALSO.get(f"{entity}.{path}")
    if also:
        return frozenset({also})
    return frozenset({Right.RATES}) if _RATES.intersection(names) else frozenset()


def demand_fields(viewer: Viewer, paths: Iterable[str], entity: str = "") -> None:
    """Raises `NotVisible` for the first of the fields that the viewer may not see.

    A filter or an order by what is hidden would tell its value.
    """
    for path in sorted(paths):
        viewer.require(f"the field {path}", field_needs(path, entity))
