"""Rights of a person from the roles that Harvest names, and the key that separates caches."""

from collections.abc import Iterable
from itertools import combinations

import pytest

from dashboard.access.rights import Right, Viewer, make_viewer


def viewer(
    *access_roles: str,
    teammates: Iterable[int] = (),
    managed: Iterable[int] = (),
    shared_budgets: Iterable[int] = (),
) -> Viewer:
    return make_viewer(
        user_id=1, name="Ada", access_roles=access_roles, teammates=teammates, managed=managed,
        shared_budgets=shared_budgets,
    )  # fmt: skip


@pytest.mark.parametrize("roles", [(), ("member",), ("unknown",)])
def test_member_sees_no_teammates_and_no_managed_projects(roles: tuple[str, ...]) -> None:
    found = viewer(*roles, teammates=[2], managed=[9])

    assert found.people == {1}
    assert not found.projects


def test_manager_sees_teammates_and_managed_projects() -> None:
    found = viewer("manager", teammates=[2], managed=[9])

    assert found.people == {1, 2}
    assert found.projects == {9}


@pytest.mark.parametrize(
    ("role", "right"),
    [
        ("billable_rates_manager", Right.RATES),
        ("managed_projects_invoice_drafter", Right.INVOICES),
        ("managed_projects_invoice_manager", Right.INVOICES),
        ("estimates_manager", Right.ESTIMATES),
        ("client_and_task_manager", Right.CLIENTS),
    ],
)
def test_further_role_gives_a_right_to_managers_only(role: str, right: Right) -> None:
    assert viewer("manager", role).rights == {right}
    assert not viewer("member", role).rights


def test_administrator_has_every_right() -> None:
    assert viewer("administrator").rights == set(Right)


def test_key_differs_for_viewers_who_see_different_rows() -> None:
    viewers = [
        viewer("member"),
        viewer("member", shared_budgets=[9]),
        viewer("manager"),
        viewer("manager", teammates=[2]),
        viewer("manager", teammates=[3]),
        viewer("manager", managed=[9]),
        viewer("manager", managed=[8]),
        viewer("manager", "estimates_manager"),
        viewer("manager", "billable_rates_manager"),
        viewer("administrator"),
    ]

    assert all(one.key != other.key for one, other in combinations(viewers, 2))
