"""Nobody finds, in anything that is sent to them, what Harvest would not show them.

What Harvest shows is asked of it with each person's own token. Everything that differs between
people is planted with what can be told apart, and every byte of the answers is searched.
"""

import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from dashboard.__main__ import main
from dashboard.exports import export
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.reports import LISTINGS
from dashboard.web.menu import MENU
from harvest_client.entities import ENTITIES
from harvest_demo.account.users import FIRST_USER_ID
from tests.finding import Found, in_file
from tests.planted_demo import OPENERS, TOKENS, email, token
from tests.signing_in import Browser, Shown, Tab
from tests.soak import SOAK
from tests.watching import FOUR, PLACES, TODAY, TWINS, Watch, Watched, watch

pytestmark = pytest.mark.longer("interleaved viewers")

RERUNS = 500 if SOAK else 60
ROUNDS = 100 if SOAK else 8
FEW = 1 if SOAK else 9  # of what is much the same, one of so many
MIB = 1 << 20
_OF_SOMEBODY_ELSE = "This download link belongs to another user. Open the page to get your own.\n"
NOBODYS = 99_999_999  # an id that no record has

# Of filters, sorts and ids: what a shared link, or somebody curious, may ask about.
WHERE: list[dict[str, Any]] = [
    {"gt": {"cost_rate": 1}},
    {"gte": {"billable_rate": 1000}},
    {"eq": {"user.is_contractor": True}},
    {"in": {"user.id": [FIRST_USER_ID, FIRST_USER_ID + 20]}},
    {"in": {"client.id": [7720101, 7720102, 7720103]}},
    {"in": {"project.id": [5560201, 5560207, 5560225]}},
    {"eq": {"task.id": 9930301}},
    {"exists": {"invoice.number": True}},
    {"fuzzy": {"project.name": "zqpn"}},
    {"eq": {"client.currency": "USD"}},
    {"eq": {"is_billed": False}},
    {"fuzzy": {"notes": "zqtt"}},
    {"like": {"client.name": "zqcn"}},
    {"fuzzy": {"user.roles": "zqrn"}},
    {"eq": {"billable": True}},
]
PERIODS = ["30d", "12m", "all", "last_month", "2024-01-01..2024-06-30"]
ADDRESSES = [
    *(f"{entry.name}?{urlencode({'period': 'all'})}" for entry in MENU),
    *(
        f"{entry.name}?{urlencode({'period': PERIODS[n % len(PERIODS)], 'where': json.dumps(w)})}"
        for n, (w, entry) in enumerate(product(WHERE, [e for e in MENU if e.name != "data"]))
    ),
    *(f"{entry.name}?basis=raw&compare=vs.+last+year&period=90d" for entry in MENU),
]
EXPLORED = [
    {"entity": name, "action": action.value, **({"id": "1"} if action == "get" else {})}
    for name, entity in ENTITIES.items()
    for action in entity.actions
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watch(tmp_path_factory.mktemp("watch")) as watched:
        yield watched


@pytest.fixture(params=FOUR)
def viewer(request: pytest.FixtureRequest, house: Watch) -> Watched:
    return house.viewers[str(request.param)]


def test_harvest_shows_less_the_less_one_may(house: Watch) -> None:
    """Or the rest of this would show nothing."""
    everything = house.viewers["administrator"].everything
    kinds = {who: {one[2:4] for one in v.may.tokens} for who, v in house.viewers.items()}

    assert {kind for fields in TOKENS.values() for kind in fields.values()} <= kinds[FOUR[0]]
    assert len(everything.cents) > 400
    assert not kinds["member"] & {"kf", "kl", "ke", "es", "en", "eu", "is", "in", "il", "el"}
    for who in FOUR[1:]:
        assert len(house.viewers[who].may.tokens) < len(everything.tokens) / 2
    assert not house.viewers["member"].may.cents & everything.cents


def test_pages_show_everybody_their_part_while_the_others_look(house: Watch) -> None:
    """Each in two tabs, at once with the three others, so that all that is kept is shared."""
    chooser = random.Random(7)
    addresses = (ADDRESSES * 2)[: len(MENU)] + chooser.sample(ADDRESSES, len(ADDRESSES))
    each = RERUNS // len(FOUR)
    asked = dict.fromkeys(FOUR, (addresses * 9)[:each])
    for who, order in asked.items():
        random.Random(who).shuffle(order)

    with ThreadPoolExecutor(len(FOUR)) as pool:
        done = list(pool.map(lambda who: _wander(house.viewers[who], asked[who]), FOUR))

    found = {who: house.viewers[who].drain() for who in FOUR}
    leaks = {who: house.viewers[who].leaks(found[who]) for who in FOUR}
    assert not {who: leaked for who, leaked in leaks.items() if leaked}
    assert not {who: shown for who, shown in zip(FOUR, done, strict=True) if shown}
    # The search finds: what pages show of everybody's, they showed the administrator.
    kinds = {one[2:4] for one in found["administrator"].tokens}
    assert {"cn", "pn", "tn", "un", "iu", "eu", "xc", "xn", "rn", "tt"} <= kinds
    assert found["administrator"].cents & house.viewers["administrator"].everything.cents


def _wander(viewer: Watched, addresses: list[str]) -> list[str]:
    """Opens all of them, each beside the last, and turns what can be turned; what went wrong."""
    wrong = []
    with ExitStack() as before:
        for number, address in enumerate(addresses):
            with ExitStack() as now:
                tab = now.enter_context(viewer.browser.tab(viewer.frames))
                shown = tab.open(address)
                if number % 2 == 0:
                    shown = _turned(tab, number) or shown
                if "fault of ours" in shown.text or not shown.has_menu:
                    wrong.append(f"{address}: {shown.text[:300]}")
                before.close()
                before.push(now.pop_all())
    return wrong


def _turned(tab: Tab, number: int) -> Shown | None:
    """Selects a row, or a bar that may be nobody's to see, or opens the pickers."""
    keys = [key for key in tab.widgets() if not key.endswith("_page")]
    tables = [key for key in keys if key.startswith(("table_", *LISTINGS)) and key[-2:] == "_1"]
    bars = [key for key in keys if key.startswith("rank_") and key != "rank_by"]
    row = {"rows": [0], "columns": [], "cells": []}
    point = {"curve_number": 0, "point_index": 0, "customdata": 7720101 + number % 17}
    bar = {"points": [point], "point_indices": [0], "box": [], "lasso": []}
    if tables and number % 3 == 0:
        return tab.set(tables[-1], string_value=json.dumps({"selection": row}))
    if bars and number % 3 == 1:
        return tab.set(bars[0], string_value=json.dumps({"selection": bar}))
    return tab.set("filters", bool_value=True) if tab.has("filters") else None


def test_the_explorer_shows_records_that_harvest_does(house: Watch, viewer: Watched) -> None:
    searches = [one for one in EXPLORED if one["action"] == "search"]
    asked = EXPLORED if SOAK else searches[:: 1 if viewer.who == "administrator" else 2]
    for one in asked:
        with viewer.browser.tab(viewer.frames) as tab:
            shown = tab.open(f"explorer?{urlencode(one)}")
        assert "fault of ours" not in shown.text
    found = viewer.drain()

    assert not viewer.leaks(found)
    if viewer.who == "administrator":
        wanted = {kind for fields in TOKENS.values() for kind in fields.values()}
        assert wanted <= {one[2:4] for one in found.tokens}


def test_files_hold_what_harvest_shows(house: Watch, viewer: Watched) -> None:
    found = Found()
    whole = {"period": "all"}
    names = product(export.table_names(), export.FORMATS)
    asked = [(f"{table}.{form}", whole) for table, form in names if table != "explorer"]
    asked += [("explorer.csv", one) for one in EXPLORED if SOAK or one["action"] != "list"]
    asked += [("explorer.xlsx", {"entity": name}) for name in list(ENTITIES)[::FEW]]
    for name, query in asked:
        answer = viewer.get(f"export/{name}", **query)
        assert answer.status_code in (200, 403), (name, query, answer.text)
        found.add(viewer.read(name, answer))

    assert not viewer.leaks(found)
    if viewer.who == "administrator":  # and so the search finds each
        assert not {t for t in viewer.everything.tokens - found.tokens if t[2:4] != OPENERS}
        assert not viewer.everything.cents - found.cents


@pytest.mark.parametrize("who", FOUR[1:])
@pytest.mark.parametrize("name", ["hours.csv", "entries.csv", "utilization.xlsx", "explorer.csv"])
def test_files_under_a_filter_by_what_is_hidden_say_no_more(
    house: Watch, who: str, name: str
) -> None:
    viewer, found = house.viewers[who], Found()
    for where in WHERE[: None if SOAK else 5]:
        also = {"filter": json.dumps(where), "entity": "time_entries", "sort": "cost_rate"}
        answer = viewer.get(f"export/{name}", period="all", where=json.dumps(where), **also)
        found.add(viewer.read(name, answer))

    assert not viewer.leaks(found)


@pytest.mark.parametrize(
    ("hidden", "nobodys"),
    [
        ({"eq": {"client.id": 7720109}}, {"eq": {"client.id": NOBODYS}}),
        ({"eq": {"user.id": FIRST_USER_ID + 20}}, {"eq": {"user.id": NOBODYS}}),
        ({"eq": {"client.name": token("cn", 8)}}, {"eq": {"client.name": "Nobody"}}),
        ({"fuzzy": {"notes": token("tw", 14_001)}}, {"fuzzy": {"notes": "of nobody"}}),
        ({"eq": {"user.name": token("un", 20)}}, {"eq": {"user.name": "Nobody"}}),
        ({"eq": {"user.roles": token("rn", 5)}}, {"eq": {"user.roles": "Nobody"}}),
    ],
)
@pytest.mark.parametrize(
    "name", ["hours.csv", "projects.csv", *(["overview.csv", "leaks.csv"] if SOAK else [])]
)
def test_what_is_hidden_is_as_if_it_were_not(
    house: Watch, name: str, hidden: dict[str, Any], nobodys: dict[str, Any]
) -> None:
    member = house.viewers["member"]
    told = [
        member.get(f"export/{name}", period="all", where=json.dumps(where)).text
        for where in (hidden, nobodys)
    ]

    assert _without_filter(told[0]) == _without_filter(told[1])


def _without_filter(text: str) -> list[str]:
    return [line for line in text.splitlines() if "Filter" not in line]


@pytest.mark.parametrize(
    ("entity", "there"),
    [("time_entries", 2_459_014_001), ("users", FIRST_USER_ID), ("expenses", 19_940_801)],
)
def test_an_id_tells_nothing_of_what_it_is_of(house: Watch, entity: str, there: int) -> None:
    member = house.viewers["member"]
    shown = []
    for id in (there, NOBODYS):
        with member.browser.tab(member.frames) as tab:
            opened = tab.open(f"explorer?entity={entity}&action=get&id={id}")
        # A minute may pass between the two.
        shown.append(
            re.sub(r"Updated (just now|\d+ min ago)", "", opened.text.replace(str(id), "…"))
        )

    assert shown[0] == shown[1]
    assert "No stored record has this id." in shown[0]


def test_what_the_pickers_offer_is_what_one_sees(house: Watch, viewer: Watched) -> None:
    with viewer.browser.tab(viewer.frames) as tab:
        tab.open("hours?period=all")
        tab.set("filters", bool_value=True)
    found = viewer.drain()

    assert not viewer.leaks(found)
    assert {"cn", "pn", "tn", "un"} <= {one[2:4] for one in found.tokens}


def test_what_a_part_of_a_page_cannot_answer_is_said_there(house: Watch) -> None:
    where = json.dumps({"fuzzy": {"notes": "zqtt"}})
    with house.viewers["administrator"].browser.tab() as tab:
        shown = tab.open(f"profitability?{urlencode({'where': where})}")

    assert "Revenue cannot be filtered by notes" in shown.text
    assert "fault of ours" not in shown.text


@pytest.mark.parametrize("page", ["leaks", "hours", "overview"])
def test_a_filter_by_what_is_hidden_is_refused_on_a_page(house: Watch, page: str) -> None:
    where = json.dumps({"eq": {"user.is_contractor": True}})
    with house.viewers["member"].browser.tab() as tab:
        shown = tab.open(f"{page}?{urlencode({'where': where})}")

    assert "Only administrators see it." in shown.text
    assert not shown.has_data


@pytest.mark.parametrize("who", FOUR[1:])
def test_the_command_line_shows_a_person_no_more(
    house: Watch, who: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in house.settings.items():
        monkeypatch.setenv(name, value)
    out, viewer, found = house.directory / "said", house.viewers[who], Found()
    days = ["--from", "2023-01-01", "--to", TODAY, "--as", email(PLACES[who])]
    for metric in list(METRICS)[::FEW]:
        main(["report", metric, *days])
    for dimension in list(DIMENSIONS)[::FEW]:
        main(["report", "hours,billable_hours", "--by", dimension, *days])
    for where in WHERE[::FEW]:
        main(["report", "hours", "--where", json.dumps(where), *days])
    said = capfd.readouterr()
    found.raw(said.err.encode())
    for text in (*said.out.splitlines(), *said.err.splitlines()):
        found.raw(text.encode())
        found.text(text)
    for table in export.table_names()[::FEW]:
        out.unlink(missing_ok=True)
        main(["export", table, *days, "--out", str(out)])
        if out.exists():
            found.add(in_file("said.csv", out.read_bytes()))

    assert found.tokens
    assert not viewer.leaks(found)


def test_two_people_download_files_of_one_name_and_length_and_get_their_own(house: Watch) -> None:
    """Over 1 MiB: what Streamlit's own downloads tell apart by samples."""
    own = {who: token("tw", place * 1000)[:-4] for who, place in TWINS.items()}
    links = {who: _link(house.twins[who], "entries.csv", "hours?period=all") for who in TWINS}

    def download(who: str, whose: str) -> httpx.Response:
        answer = house.twins[who].http.get(f"{house.dashboard.url}/{links[whose]}")
        assert answer.headers["cache-control"] == "no-store"
        return answer

    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            got = dict(zip(TWINS, pool.map(download, TWINS, TWINS), strict=True))
            assert {answer.status_code for answer in got.values()} == {200}
            assert len({len(answer.content) for answer in got.values()}) == 1
            for who, answer in got.items():
                assert len(answer.content) > MIB
                assert answer.content.count(own[who].encode()) == 130
                others = (one for whose, one in own.items() if whose != who)
                assert not any(answer.content.count(one.encode()) for one in others)
            crossed = list(pool.map(download, TWINS, reversed(TWINS)))
            assert {answer.status_code for answer in crossed} == {403}
            assert {answer.text for answer in crossed} == {_OF_SOMEBODY_ELSE}


def _link(browser: Browser, file: str, page: str) -> str:
    """To a file, as the page gives it to whoever opens it."""
    with browser.tab() as tab:
        return next(link for link in tab.open(page).links if link.startswith(f"export/{file}?"))


def test_a_link_to_a_file_is_nothing_without_ones_own_sign_in(house: Watch) -> None:
    for name in export.table_names():
        answer = httpx.get(f"{house.dashboard.url}/export/{name}.csv", trust_env=False)

        assert answer.status_code == 401
        assert answer.text == "Nobody is signed in. Sign in at the dashboard first.\n"
