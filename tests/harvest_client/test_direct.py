"""What is asked of Harvest, and which of its answers are believed."""

import logging

import httpx
import pytest

from harvest_client import (
    ApiError,
    Forbidden,
    Harvest,
    InvalidResponse,
    PaginationLoop,
    RateLimited,
    ServerError,
    UntrustedLink,
    UsageError,
)
from harvest_client.entities import Entity
from tests.harvest_client.clock import Clock
from tests.harvest_client.fake_harvest import ALL, BASE, FakeHarvest, sample

lists = [entity for entity in ALL.values() if entity.path]
every_list = pytest.mark.parametrize("entity", lists, ids=lambda entity: entity.name)

YEAR = {"from_": "2025-01-01", "to": "2025-12-31"}


def window(entity: Entity) -> dict[str, str]:
    return YEAR if any(parameter.required for parameter in entity.parameters) else {}


@every_list
def test_a_list_is_followed_to_its_end(harvest: Harvest, fake: FakeHarvest, entity: Entity) -> None:
    rows = sample(entity)
    fake.page_size = 1

    pages = list(harvest.get_resource(entity.name).pages(**window(entity)))

    assert [len(page.data) for page in pages] == [1] * len(rows)
    assert [page.meta.total_entries for page in pages] == [len(rows)] * len(rows)
    assert pages[-1].meta.next_link is None
    key = entity.primary_key[0]
    assert [getattr(page.data[0], key) for page in pages] == [row[key] for row in rows]


def test_pages_are_fetched_when_they_are_asked_for(harvest: Harvest, fake: FakeHarvest) -> None:
    pages = harvest.users.pages()
    assert fake.asked == []

    next(pages)

    assert fake.asked == ["/v2/users?per_page=2000"]


def test_one_call_of_list_is_one_page(harvest: Harvest, fake: FakeHarvest) -> None:
    page = harvest.users.list(is_active=True, per_page=1)

    assert len(page.data) == 1
    assert page.meta.next_link == f"{BASE}/users?per_page=1&is_active=true&cursor=1"
    assert len(fake.requests) == 1


def test_the_query_of_a_link_is_sent_as_it_came(harvest: Harvest, fake: FakeHarvest) -> None:
    link = f"{BASE}/users?cursor=eyJ%3D%3D+x%2Fy&per_page=2000&ref=next_cursor"
    fake.trouble.append(httpx.Response(200, json={"users": [], "links": {"next": link}}))

    pages = harvest.users.pages()
    next(pages)
    fake.trouble.append(httpx.Response(200, json={"users": []}))
    assert list(pages)[0].data == []

    assert fake.asked[1] == "/v2/users?cursor=eyJ%3D%3D+x%2Fy&per_page=2000&ref=next_cursor"


HOSTILE = {
    "other host": "https://evil.example/v2/users?cursor=x",
    "lookalike host": "https://api.harvestapp.com.evil.example/v2/users?cursor=x",
    "subdomain": "https://x.api.harvestapp.com/v2/users?cursor=x",
    "userinfo": "https://api.harvestapp.com@evil.example/v2/users?cursor=x",
    "own userinfo": "https://me:pw@api.harvestapp.com/v2/users?cursor=x",
    "other port": "https://api.harvestapp.com:8443/v2/users?cursor=x",
    "http": "http://api.harvestapp.com/v2/users?cursor=x",
    "no scheme": "//evil.example/v2/users?cursor=x",
    "no host": "/v2/users?cursor=x",
    "three slashes": "https:///evil.example/v2/users?cursor=x",
    "backslash": "https://api.harvestapp.com\\@evil.example/v2/users?cursor=x",
    "cyrillic a": "https://\u0430pi.harvestapp.com/v2/users?cursor=x",
    "wide letters": "https://\uff41pi.harvestapp.com/v2/users?cursor=x",
    "ideographic stop": "https://api\u3002harvestapp.com/v2/users?cursor=x",
    "other path": "https://api.harvestapp.com/v2/invoices?cursor=x",
    "other version": "https://api.harvestapp.com/v3/users?cursor=x",
    "path above": "https://api.harvestapp.com/v2/users/../../oauth?cursor=x",
    "longer path": "https://api.harvestapp.com/v2/users/1?cursor=x",
    "line break": "https://api.harvestapp.com/v2/users?cursor=x\r\nHost: evil.example",
    "blank": "https://api.harvestapp.com/v2/users ?cursor=x",
    "fragment": "https://api.harvestapp.com/v2/users#?cursor=x",
    "script": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "broken address": "https://[::1/v2/users",
    "very long": "https://api.harvestapp.com/v2/users?" + "x" * 100_000,
}


@pytest.mark.parametrize("link", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_link_to_anywhere_else_is_not_followed(
    harvest: Harvest, fake: FakeHarvest, link: str
) -> None:
    fake.trouble.append(httpx.Response(200, json={"users": [], "links": {"next": link}}))

    with pytest.raises(UntrustedLink, match="not at https://api.harvestapp.com/v2/users"):
        list(harvest.users.pages())

    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "base_url", ["https://api.harvestapp.com/v2/", "http://localhost:8088", "http://127.0.0.1:1/v2"]
)
def test_links_are_held_against_the_configured_address(
    fake: FakeHarvest, clock: Clock, base_url: str
) -> None:
    base = base_url.rstrip("/")
    link = f"{base}/users?cursor=2"
    fake.trouble.append(httpx.Response(200, json={"users": [], "links": {"next": link}}))
    fake.trouble.append(httpx.Response(200, json={"users": []}))

    with Harvest(
        token="t", account_id="1", base_url=base_url, transport=fake.transport()
    ) as harvest:
        assert len(list(harvest.users.pages())) == 2

    assert str(fake.requests[1].url) == link


def test_a_standard_port_that_is_spelled_out_is_the_same_address(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    link = "https://API.harvestapp.com:443/v2/users?cursor=2"
    fake.trouble.append(httpx.Response(200, json={"users": [], "links": {"next": link}}))
    fake.trouble.append(httpx.Response(200, json={"users": []}))

    assert len(list(harvest.users.pages())) == 2


@pytest.mark.parametrize(
    "queries", [["per_page=2000"], ["cursor=a", "cursor=a"], ["a=1", "b=1", "a=1"]]
)
def test_a_list_that_goes_in_circles_is_left(
    harvest: Harvest, fake: FakeHarvest, queries: list[str]
) -> None:
    for query in queries:
        links = {"next": f"{BASE}/users?{query}"}
        fake.trouble.append(httpx.Response(200, json={"users": [], "links": links}))

    with pytest.raises(PaginationLoop):
        list(harvest.users.pages())

    assert len(fake.requests) == len(queries)


def test_counting_takes_one_row(harvest: Harvest, fake: FakeHarvest) -> None:
    assert harvest.time_entries.count(from_="2025-01-01") == 3
    assert fake.asked == ["/v2/time_entries?per_page=1&from=2025-01-01"]


def test_a_count_that_harvest_does_not_tell_is_none(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(httpx.Response(200, json={"users": []}))

    assert harvest.users.count() is None


@pytest.mark.parametrize("id", [4410021, "4410021"])
def test_one_record_is_read_by_its_id(harvest: Harvest, fake: FakeHarvest, id: int | str) -> None:
    assert harvest.users.get(id=id).first_name == "Maja"
    assert fake.asked == ["/v2/users/4410021"]


def test_the_company_and_the_owner_of_the_token_have_no_id(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    assert harvest.company.get().name == "Atelier Nordlicht GmbH"
    assert harvest.me().id == sample(ALL["users"])[0]["id"]
    assert fake.asked == ["/v2/company", "/v2/users/me"]


@pytest.mark.parametrize("id", [None, 0, -1, "me", "1/../2", "1?x=1", "", "٣", 1.0, True])
def test_an_id_is_a_number_and_no_path(harvest: Harvest, fake: FakeHarvest, id: int) -> None:
    with pytest.raises(UsageError, match="positive whole number"):
        harvest.users.get(id)

    assert not fake.requests


def test_wrong_calls_are_refused_before_any_request(harvest: Harvest, fake: FakeHarvest) -> None:
    for call, said in (
        (lambda: harvest.users.list(is_actve=True), "did you mean 'is_active'"),
        (lambda: harvest.users.pages(is_actve=True), "did you mean 'is_active'"),
        (lambda: harvest.users.all(is_actve=True), "did you mean 'is_active'"),
        (lambda: harvest.users.count(is_actve=True), "did you mean 'is_active'"),
        (lambda: harvest.company.list(), "no action 'list'"),
        (lambda: harvest.company.get(1), "takes no id"),
        (lambda: harvest.time_projects.get(1), "no action 'get'"),
        (lambda: harvest.time_projects.list(), "needs from"),
        (lambda: harvest.get_resource("time_entry"), "did you mean 'time_entries'"),
    ):
        with pytest.raises(UsageError, match=said):
            call()

    assert not fake.requests


REFUSALS = {
    "message": (b'{"message": "No such thing"}', "No such thing"),
    "error": (b'{"error": "invalid_token"}', "invalid_token"),
    "both": (b'{"error": "invalid", "error_description": "Gone"}', "invalid: Gone"),
    "other JSON": (b"[1, 2]", "[1, 2]"),
    "plain": (b"Too\n\tbad\x1b[31m", "Too bad [31m"),
    "web page": (b"<!DOCTYPE html><h1>Oops</h1>", "a web page instead of an explanation"),
    "not text": (b"\xff\xfe", "��"),
    "nested": (b"[" * 100_000, "[" * 300),
    "long": (b'{"message": "' + b"x" * 1000 + b'"}', "x" * 300),
    "empty": (b"", ""),
}


@pytest.mark.parametrize(("body", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_in_harvests_words_if_they_can_be_shown(
    harvest: Harvest, fake: FakeHarvest, body: bytes, message: str
) -> None:
    fake.trouble.append(httpx.Response(403, content=body, headers={"X-Request-Id": "r-1"}))

    with pytest.raises(Forbidden) as caught:
        harvest.invoices.list(client_id=123456)

    assert (caught.value.message, caught.value.request_id) == (message, "r-1")
    assert (caught.value.path, caught.value.status) == ("/invoices", 403)
    assert "123456" not in str(caught.value)


def test_a_web_page_by_its_type_is_not_quoted_either(harvest: Harvest, fake: FakeHarvest) -> None:
    page = httpx.Response(422, content=b"Sorry", headers={"Content-Type": "text/html"})
    fake.trouble.append(page)

    with pytest.raises(ApiError, match="a web page instead"):
        harvest.users.list()


def test_a_request_id_that_is_none_is_dropped(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(httpx.Response(404, headers={"X-Request-Id": "<script>"}))

    with pytest.raises(ApiError) as caught:
        harvest.users.get(1)

    assert caught.value.request_id is None


def test_a_storm_of_refusals_is_waited_out(
    harvest: Harvest, fake: FakeHarvest, clock: Clock
) -> None:
    html = httpx.Response(429, html="<h1>Slow down</h1>", headers={"Retry-After": "7"})
    fake.trouble.extend([html, httpx.Response(503), html])

    assert len(list(harvest.users.all())) == 3
    assert clock.waits[0] == 7.0
    assert harvest.requests == len(fake.requests) == 5


def test_waiting_is_logged_without_the_query(
    harvest: Harvest, fake: FakeHarvest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    fake.trouble.append(httpx.Response(429, headers={"Retry-After": "7"}))

    harvest.invoices.list(client_id=123456)

    assert "trying again in 7.0 s" in caplog.text
    assert "123456" not in caplog.text


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (500, ServerError)])
def test_a_refusal_that_stays_is_told_at_last(
    harvest: Harvest, fake: FakeHarvest, status: int, error: type[ApiError]
) -> None:
    fake.trouble.extend([httpx.Response(status)] * 5)

    with pytest.raises(error):
        harvest.users.list()

    assert len(fake.requests) == 5


def test_a_bad_value_is_named_by_its_place(harvest: Harvest, fake: FakeHarvest) -> None:
    rows = sample(ALL["time_entries"])
    rows[2]["hours"] = {}
    fake.trouble.append(httpx.Response(200, json={"time_entries": rows}))

    with pytest.raises(InvalidResponse) as caught:
        harvest.time_entries.list()

    assert str(caught.value).startswith(
        "time_entries: answer is not what is documented, at $.time_entries[2].hours: Expected "
    )
