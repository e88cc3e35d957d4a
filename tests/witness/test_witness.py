"""Tests of the witness: samples, rows by hand, pages, errors, rights, switches and changes."""

import ast
import json
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.witness.server import Witness
from tests.witness.switches import SWITCHES, Switches
from tests.witness_accounts import VARIANTS, build_account

Account = dict[str, Any]
SAMPLES = Path(__file__).parents[1] / "data" / "harvest"
HEADERS = {"User-Agent": "tests (tests@example.com)", "Authorization": "Bearer token"}
LISTS = sorted({*build_account(0, 12)} - {"settings", "company", "teammates", "invoice_payments"})
WINDOW = "?from=20260101&to=20261130"
REPORTS = [
    *(f"reports/time/{kind}{WINDOW}" for kind in ("clients", "projects", "tasks", "team")),
    *(f"reports/expenses/{kind}{WINDOW}" for kind in ("clients", "projects", "categories", "team")),
    f"reports/uninvoiced{WINDOW}",
    "reports/project_budget",
]
TARGETS = [
    *LISTS,
    *REPORTS,
    "company",
    "users/me",
    "time_entries?is_billed=true",
    f"reports/time/projects{WINDOW}&include_fixed_fee=true",
    f"reports/uninvoiced{WINDOW}&include_fixed_fee=false",
    "reports/uninvoiced?from=20260101&to=20260531",
]
ACCOUNTS = {name: build_account(n, 700, variant=name) for n, name in enumerate(VARIANTS, 1)}


def get(witness: Witness, target: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    account = {"Harvest-Account-Id": str(witness.settings["account_id"])}
    status, answer, body = witness.answer("GET", f"/v2/{target}", HEADERS | account | headers)
    return status, answer, json.loads(body)


def read_rows(witness: Witness, target: str) -> list[Any]:
    """Return all rows of a list or a report, page by page."""
    result: list[Any] = []
    while target:
        status, _, answer = get(witness, target)
        assert status == 200, (target, answer)
        result += next(value for value in answer.values() if isinstance(value, list))
        target = (answer["links"]["next"] or "").partition("/v2/")[2]
    return result


def change_everything(witness: Witness) -> None:
    """Apply each kind of change once."""
    first = {name: next(iter(table)) for name, table in witness.tables.items()}
    by = {row["bill_by"]: key for key, row in [*witness.tables["projects"].items()][::-1]}
    clients = [*witness.tables["clients"]]
    witness.advance(61)
    for bill_by in ("Project", "Tasks", "People"):
        witness.reprice(by[bill_by], 123.45)
    witness.advance(1)
    witness.change_rounding({"mode": "up", "minutes": 30})
    witness.move_client(by["Tasks"], clients[1])
    witness.change_budget(by["Project"], "person", 33)
    for name in ("task_assignments", "user_assignments"):
        witness.edit(name, first[name], hourly_rate=9)
    witness.edit("clients", clients[2], name="New")
    witness.edit_entry(first["time_entries"], hours=1.01)


def read_everything(account: Account, switches: Switches) -> list[Any]:
    """Return the answers to all targets, before and after changes."""
    witness, result = Witness(account, switches), []
    targets = [*TARGETS, f"time_entries?updated_since={account['settings']['now']}"]
    headers = HEADERS | {"Harvest-Account-Id": str(account["settings"]["account_id"])}
    for change in (change_everything, lambda _: None):
        result += [witness.answer("GET", f"/v2/{target}", headers) for target in targets]
        result.append(witness.answer("GET", "/v2/company", HEADERS))
        change(witness)
    return result


@pytest.fixture(scope="module")
def samples() -> Account:
    account = {name: json.loads((SAMPLES / f"{name}.json").read_text())[name] for name in LISTS}
    company = json.loads((SAMPLES / "company.json").read_text())
    settings = {
        "today": "2025-03-31",
        "now": "2025-05-01T08:00:00Z",
        "token_user": 4410021,
        "rounding": {"mode": "up", "minutes": 15},
        "account_id": 123456,
    }
    payments = [
        {"id": 1, "invoice_id": 16650702, "amount": 8000.0, "paid_date": "2025-04-28"},
        {"id": 2, "invoice_id": 16650701, "amount": 619.51, "paid_date": "2025-04-18"},
    ]
    return account | {"company": company, "settings": settings, "invoice_payments": payments}


def test_answers_equal_sample_answers(samples: Account) -> None:
    witness = Witness(samples, Switches(fixed_fee_open="hours"))
    for path in [report.partition("?")[0] for report in REPORTS]:
        name = path.removeprefix("reports/").replace("/", "_")
        rows = read_rows(witness, f"{path}?from=20250101&to=20250331")
        assert rows == json.loads((SAMPLES / f"{name}.json").read_text())["results"], name
    for name in LISTS:
        by_id = {row["id"]: row for row in get(witness, name)[2][name]}
        assert by_id == {row["id"]: row for row in samples[name]}, name
    witness.change_rounding(samples["settings"]["rounding"])
    hours = [(row["hours"], row["rounded_hours"]) for row in read_rows(witness, "time_entries")]
    assert hours == [(0.78, 1.0), (3.42, 3.5), (1.5, 1.5)]


@pytest.mark.parametrize("name", [*VARIANTS, "samples"])
def test_invoices_agree_with_lines_and_payments(name: str, request: Any) -> None:
    account = ACCOUNTS.get(name) or request.getfixturevalue("samples")
    for row in account["invoices"] + account["estimates"]:
        lines = sum(line["amount"] for line in row["line_items"])
        total = lines - row["discount_amount"] + row["tax_amount"] + row["tax2_amount"]
        assert row["amount"] == pytest.approx(total)
    for row in account["invoices"]:
        paid = sum(p["amount"] for p in account["invoice_payments"] if p["invoice_id"] == row["id"])
        due = max(row["amount"] - paid, 0) if row["state"] == "paid" else row["amount"] - paid
        assert row["due_amount"] == pytest.approx(due)
        assert (row["paid_date"] is not None) == (row["state"] == "paid")
    assert {row["state"] for row in account["invoices"]} == {"draft", "open", "paid", "closed"}


def test_time_report_rounds_in_each_currency_by_the_switches() -> None:
    account = json.loads(json.dumps(ACCOUNTS["world"]))
    projects = {row["client"]["currency"]: row for row in account["projects"]}
    template = next(row for row in account["time_entries"] if not row["is_running"])
    template |= {"billable": True, "billable_rate": 33.335, "is_billed": False, "invoice": None}
    template |= {"spent_date": "2026-05-04", "hours": 0.3, "rounded_hours": 0.5}
    account["time_entries"] = [
        template | {"id": n, "project": projects[code], "client": projects[code]["client"]}
        for n, code in enumerate(["JPY", "JPY", "JPY", "EUR"])
    ]
    report = "reports/time/tasks?from=20260504&to=2026-05-04&include_fixed_fee=true"
    task = {"task_id": template["task"]["id"], "task_name": template["task"]["name"]}
    euro = task | {"currency": "EUR", "total_hours": 0.5, "billable_hours": 0.5}
    yen = task | {"currency": "JPY", "total_hours": 1.5, "billable_hours": 1.5}
    for switches, amount in [(Switches(), 50), (Switches(amount_rounding="entry"), 51)]:
        assert read_rows(Witness(account, switches), report) == [
            euro | {"billable_amount": 16.67},
            yen | {"billable_amount": amount},
        ]


def test_uninvoiced_report_shows_the_open_fee_by_the_switches() -> None:
    """Fee 24,000, invoiced 7,600 net, 450, and 4,120 in a draft. First invoice of 3 June."""
    account = ACCOUNTS["plain"] | {"time_entries": [], "expenses": []}
    early = "?from=20260101&to=20260531"
    for window, switches, amount in [
        (WINDOW, Switches(), 11830),
        (WINDOW, Switches(draft_marks=False), 15950),
        (early, Switches(), 11830),
        (early, Switches(fee_until="window_end"), 24000),
        (WINDOW, Switches(fixed_fee_open="zero", uninvoiced_rows="all"), 0),
    ]:
        rows = read_rows(Witness(account, switches), f"reports/uninvoiced{window}")
        fees = {row["project_name"]: row["uninvoiced_amount"] for row in rows}
        assert fees["Portal"] == amount
        assert fees.get("Over-invoiced", 0) == 0
    assert read_rows(Witness(account), f"reports/uninvoiced{WINDOW}&include_fixed_fee=false") == []


def test_pages_follow_the_documents_and_hold_every_row_once() -> None:
    account = ACCOUNTS["messy"]
    for name in LISTS:
        parts = read_rows(Witness(account, page_size=19), name)
        assert parts == read_rows(Witness(account), name), name
        assert {row["id"] for row in parts} == {row["id"] for row in account[name]}
    witness = Witness(account, page_size=4)
    first = get(witness, "projects?is_active=true")[2]
    assert (first["page"], first["next_page"], first["per_page"]) == (1, 2, 4)
    assert "cursor=" in first["links"]["next"]
    assert "is_active=true" in first["links"]["next"]
    middle = get(witness, first["links"]["next"].partition("/v2/")[2])[2]
    assert middle["page"] is middle["next_page"] is middle["previous_page"] is None
    sizes = [get(witness, f"clients?per_page={size}")[0] for size in (0, 1, 2000, 2001)]
    assert sizes == [422, 200, 200, 422]


def test_errors_follow_the_documents() -> None:
    witness = Witness(ACCOUNTS["plain"])
    for target in ("reports/time/team", f"reports/uninvoiced{WINDOW[:14]}", "clients?page=x"):
        assert get(witness, target)[0] == 422, target
    for days, status in (("20240101&to=20241231", 422), ("2024-01-01&to=2024-12-30", 200)):
        assert get(witness, f"reports/time/team?from={days}")[0] == status
    assert get(witness, "clients/1")[0] == get(witness, "nothing")[0] == 404
    assert get(witness, "clients", **{"Harvest-Account-Id": "1"})[0] == 404
    assert get(witness, "clients", Authorization="Bearer other")[0] == 401
    assert witness.answer("GET", "/v2/clients", {})[0] == 400
    witness.refuse("/reports/time", 403)
    assert [get(witness, REPORTS[k])[0] for k in (0, 8)] == [403, 200]
    assert witness.requests[-1] == (f"/v2/{REPORTS[8]}", 200)
    witness, clock = Witness(ACCOUNTS["plain"]), [0.0]
    witness.limit, witness.clock = True, lambda: clock[0]
    assert {get(witness, "company")[0] for _ in range(100)} == {200}
    assert get(witness, "company")[1]["Retry-After"] == "16"
    clock[0] = 15.1
    assert get(witness, "company")[0] == 200


@pytest.mark.parametrize("name", VARIANTS)
def test_manager_has_fewer_rows_columns_and_lists(name: str) -> None:
    account, manager = ACCOUNTS[name], ACCOUNTS[name]["users"][1]["id"]
    witness = Witness(account, Switches(rights="manager_without_rates"))
    team = {manager} | {row["user_id"] for row in account["teammates"]}
    own = [row for row in account["user_assignments"] if row["user"]["id"] == manager]
    managed = {row["project"]["id"] for row in own if row["is_project_manager"]}
    for target in ("company", "roles", "expense_categories", "estimates"):
        assert get(witness, target)[0] == 403, target
    assert {row["id"] for row in read_rows(witness, "users")} == team
    assert {row["id"] for row in read_rows(witness, "projects")} == managed
    entries = read_rows(witness, "time_entries")
    assert all(e["user"]["id"] in team or e["project"]["id"] in managed for e in entries)
    assert {e[key] for e in entries for key in ("billable_rate", "cost_rate")} == {None}
    amounts = [(row["currency"], row["billable_amount"]) for row in read_rows(witness, REPORTS[3])]
    assert set(amounts) == {(None, None)}
    rated = Witness(account, Switches(rights="manager_with_rates"))
    assert any(row["billable_amount"] for row in read_rows(rated, REPORTS[3]))
    assert {row["cost_rate"] for row in read_rows(rated, "users")} == {None}
    assert get(rated, "users/me")[2]["id"] == manager


@pytest.fixture(scope="module")
def base_answers() -> dict[tuple[str, str], list[Any]]:
    return {
        (name, rights): read_everything(ACCOUNTS[name], Switches(rights=rights))
        for name in VARIANTS
        for rights in SWITCHES["rights"]["values"]
    }


@pytest.mark.parametrize(("name", "switches"), [*Switches.one_by_one()])
def test_switch_changes_an_answer(
    name: str, switches: Switches, base_answers: dict[tuple[str, str], list[Any]]
) -> None:
    assert any(
        read_everything(ACCOUNTS[variant], replace(switches, rights=rights))
        != base_answers[variant, "administrator" if name == "rights" else rights]
        for variant, rights in base_answers
        if rights in (switches.rights, "manager_without_rates")
    )


def test_random_switches_draw_all_values() -> None:
    draws = [Switches.random(Random(seed)) for seed in range(60)]
    for name, item in SWITCHES.items():
        assert {getattr(draw, name) for draw in draws} == set(item["values"]), name


def test_changes_reach_answers_with_and_without_a_new_instant() -> None:
    account, other = ACCOUNTS["world"], ACCOUNTS["world"]["clients"][1]
    project = account["projects"][0]["id"]
    for touch in (True, False):
        witness = Witness(account, Switches(touch_on_rate=touch, touch_on_client=touch))
        witness.advance(5)
        witness.reprice(project, 7.25)
        entries = read_rows(witness, f"time_entries?project_id={project}")
        assert {e["billable_rate"] for e in entries if e["billable"]} == {7.25}
        new = {e["updated_at"] == witness.settings["now"] for e in entries if e["billable"]}
        assert new == {touch}
        witness.move_client(project, other["id"])
        after = [r for r in read_rows(witness, REPORTS[1]) if r["project_id"] == project]
        assert {row["client_name"] for row in after} == {other["name"]}
        expenses = read_rows(witness, f"expenses?project_id={project}")
        assert {e["client"]["currency"] for e in expenses} == {other["currency"]}
        witness.delete("projects", project)
        assert read_rows(witness, f"time_entries?project_id={project}") == []
    entry = next(e for e in witness.tables["time_entries"].values() if not e["is_running"])
    witness.edit_silently("time_entries", entry["id"], hours=1.26, notes="new")
    assert (float(entry["rounded_hours"]), entry["notes"]) == (1.5, "new")
    witness.change_rounding({"mode": "none", "minutes": 15})
    assert {e["rounded_hours"] == e["hours"] for e in read_rows(witness, "time_entries")} == {True}
    witness.add("time_entries", entry | {"id": 5})
    assert get(witness, "time_entries/5")[2]["hours"] == 1.26


def test_server_answers_over_http_with_links_to_itself() -> None:
    witness = Witness(ACCOUNTS["messy"], page_size=3)
    account = {"Harvest-Account-Id": str(witness.settings["account_id"])}
    with witness.serve() as base:
        request = urllib.request.Request(f"{base}/clients", headers=HEADERS | account)
        with urllib.request.urlopen(request) as response:
            assert response.headers["Date"] == "Mon, 30 Nov 2026 09:30:00 GMT"
            assert json.load(response)["links"]["next"].startswith(f"{base}/clients?cursor=")


def test_modules_import_only_the_standard_library_and_each_other() -> None:
    here = Path(__file__).parent
    files = {*here.glob("*.py"), *here.with_name("witness_accounts").glob("*.py")}
    trees = [ast.parse(file.read_text()) for file in files - {Path(__file__)}]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    names = {name.replace("tests.", "tests/").partition(".")[0] for name in names}
    assert names - sys.stdlib_module_names == {"tests/witness", "tests/witness_accounts"}
