"""Records below another one: whose they are is a part of the path and of each record."""

from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from harvest_client import DETAILS, ENTITIES, Airbyte, BadRequest, Harvest, NotFound, UsageError
from harvest_client.http.request_params import list_path, list_query
from harvest_demo.server.in_process import demo_client


@pytest.fixture(scope="module")
def harvest() -> Iterator[Harvest]:
    with demo_client(seed=7, entries=500, today=date(2026, 11, 20)) as harvest:
        yield harvest


def test_payments_of_an_invoice_add_up_to_what_is_paid_and_name_it(harvest: Harvest) -> None:
    paid = next(invoice for invoice in harvest.invoices.all(state="paid"))

    payments = list(harvest.invoice_payments.all(invoice_id=paid.id))

    assert sum(payment.amount for payment in payments) == paid.amount
    assert {payment.invoice_id for payment in payments} == {paid.id}
    assert max(payment.paid_date for payment in payments) == paid.paid_date


def test_further_pages_name_the_invoice_as_well(harvest: Harvest) -> None:
    invoices = harvest.invoices.all(state="paid")
    pages = (list(harvest.invoice_payments.pages(invoice_id=i.id, per_page=1)) for i in invoices)

    first, second = next(found for found in pages if len(found) == 2)

    assert first.data[0].invoice_id == second.data[0].invoice_id
    assert first.data[0].id != second.data[0].id


def test_an_invoice_that_is_not_there_is_not_found(harvest: Harvest) -> None:
    with pytest.raises(NotFound):
        harvest.invoice_payments.list(invoice_id=1)


def test_whose_payments_must_be_said_and_can_be_nothing_but_a_number(harvest: Harvest) -> None:
    sent = harvest.requests

    for wrong in ({}, {"invoice_id": "1/../2"}, {"invoice_id": 0}, {"invoice": 1}):
        with pytest.raises(UsageError, match="invoice"):
            harvest.invoice_payments.list(**wrong)

    assert harvest.requests == sent


def test_teammates_of_a_manager_name_the_manager_and_have_no_key_of_their_own(
    harvest: Harvest,
) -> None:
    managers = [user for user in harvest.users.all() if "manager" in user.access_roles]
    found = [row for user in managers for row in harvest.user_teammates.all(user_id=user.id)]

    names = {user.id: (user.first_name, user.last_name, user.email) for user in harvest.users.all()}
    assert all((row.first_name, row.last_name, row.email) == names[row.id] for row in found)
    assert len({row.user_id for row in found}) == 2
    assert DETAILS["user_teammates"].primary_key == ("user_id", "id")


def test_teammates_are_paged_by_cursor_and_each_page_names_the_manager(harvest: Harvest) -> None:
    managers = (user.id for user in harvest.users.all() if "manager" in user.access_roles)
    manager = next(id for id in managers if harvest.user_teammates.count(user_id=id))

    whole = harvest.user_teammates.list(user_id=manager)
    pages = list(harvest.user_teammates.pages(user_id=manager, per_page=1))

    assert len(pages) == len(whole.data) == 3
    assert "cursor=" in (pages[0].meta.next_link or "")
    assert [row for page in pages for row in page.data] == whole.data
    assert {row.user_id for row in whole.data} == {manager}


def test_who_is_no_manager_has_no_teammates_to_ask_for(harvest: Harvest) -> None:
    member = next(user for user in harvest.users.all() if user.access_roles == ["member"])

    with pytest.raises(BadRequest, match="Manager"):
        harvest.user_teammates.list(user_id=member.id)
    with pytest.raises(NotFound):
        harvest.user_teammates.list(user_id=1)


def test_what_is_in_the_path_is_not_in_the_query() -> None:
    entity = DETAILS["invoice_payments"]
    given = {"invoice_id": 5, "updated_since": "2026-01-01T00:00:00Z"}

    assert list_path(entity, given) == "/invoices/5/payments"
    assert list_query(entity, given) == "per_page=2000&updated_since=2026-01-01T00%3A00%3A00Z"


@pytest.mark.parametrize(
    ("name", "owner"), [("invoice_payments", "invoice_id"), ("user_teammates", "user_id")]
)
def test_the_hosted_connector_has_none_and_is_not_asked(name: str, owner: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with (
        Harvest(Airbyte(access_token="t"), transport=httpx.MockTransport(refuse)) as hosted,
        pytest.raises(UsageError, match="not among what the hosted connector has"),
    ):
        getattr(hosted, name).list(**{owner: 5})


def test_details_are_none_of_the_eighteen() -> None:
    assert len(ENTITIES) == 18
    assert not DETAILS.keys() & ENTITIES.keys()
