"""Switches. Sources: H harvest-api.md, E entities.yaml, R samples/README.md, M metrics.md."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from random import Random
from typing import Any, Self

YES, NO = (True, False), (False, True)


def define(values: str | tuple[bool, bool], text: str) -> Any:
    """Return a field with its possible values, default first, and its description."""
    options = tuple(values.split() if isinstance(values, str) else values)
    return field(default=options[0], metadata={"values": options, "text": text})


@dataclass(frozen=True)
class Switches:
    """Readings of the documents: the default of each field is the most likely reading."""

    amount_rounding: str = define("row entry", "Round amounts per row, or per entry. M1 Amount")
    rounding_mode: str = define("half_up half_even", "Rounding of half a minor unit. M1 Amount")
    minor_unit: str = define("currency cents", "Round to the currency's unit, or to 0.01. H6")
    empty_amount: str = define("zero null", "Time row without any amount: 0 or null. H9, R")
    uninvoiced_rounding: str = define("together apart", "Round time plus expenses, or each. H10.8")
    fixed_fee_false: str = define("rows amounts", "include_fixed_fee=false omits these. H10.5")
    fixed_fee_open: str = define("fee_less_invoiced zero hours", "Uninvoiced fixed fee. M1, R")
    fixed_fee_hours: str = define("hours zero", "Uninvoiced hours of a fixed fee. M1 Fixed fee")
    fee_overrun: str = define("zero negative", "Open fee of an over-invoiced project. M1")
    fee_until: str = define("now window_end", "Invoices off a fee: all, or up to the window. M1")
    uninvoiced_rows: str = define("fees work open all", "Rows: work or open fee, etc. H10.9, M1")
    uninvoiced_hours: str = define("billable all", "Uninvoiced hours: billable ones, or all. E")
    draft_marks: bool = define(YES, "Work on a draft invoice is marked as invoiced. H8 Time")
    touch_on_rate: bool = define(NO, "A new rate touches its entries. M2, H7")
    touch_on_rounding: bool = define(NO, "A new rounding rule touches entries. M2")
    touch_on_client: bool = define(NO, "A project's new client touches its work. H7 Copies")
    touch_on_budget: bool = define(NO, "A new kind of budget touches entries. H7 Copies")
    touch_on_task_assignment: bool = define(NO, "A changed task assignment touches entries. H7")
    touch_on_user_assignment: bool = define(NO, "A changed user assignment touches work. H7")
    touch_on_rename: bool = define(NO, "A new name touches the work that repeats it. H7 Copies")
    touch_on_timer: bool = define(NO, "A running timer touches its entry. H8 Time, H12.3")
    rights: str = define("administrator manager_with_rates manager_without_rates", "Token. H9")
    hidden_columns: str = define("null absent", "Value without the right, or no key. H9, E")
    archived_in_budget: bool = define(YES, "Budget report without is_active: archived too. E")
    archived_in_uninvoiced: bool = define(YES, "Uninvoiced report: archived projects. H10.8")
    archived_in_time: bool = define(YES, "Time reports: archived projects. H10.9")
    archived_in_expenses: bool = define(YES, "Expense reports: archived projects. H10.9")
    running_in_reports: bool = define(YES, "Reports count running timers. H8 Time, M2, R")
    zero_hour_rows: bool = define(YES, "Time reports: rows with zero hours. H10.9")
    row_order: str = define("name id shuffled", "Order of report rows. H10.10")
    code_prefix: str = define("documented never everywhere", "Reports that print [code]. H10")
    budget_hours: str = define("all billable", "Budgeted entries that count. M2 Budget burn")
    budget_expenses: str = define("all billable", "Expenses that use a budget. H8 Projects")
    budget_rounding: str = define("together apart", "Round fees plus expenses, or each. H8")
    budget_future: bool = define(YES, "Work dated after today uses a budget. H10.7")
    blank_budgets: str = define("count skip", "Work without task or person budget. M2 Budget burn")
    unbudgeted_rows: bool = define(NO, "Budget report: projects without budget. H10, E")
    due_closed: str = define("unpaid zero", "due_amount of a closed invoice. H8 Invoices, M1, R")
    due_overpaid: str = define("zero negative", "due_amount of an overpaid invoice. E invoices")
    retainer_draw: str = define("payment line", "Draw as payment, or as line. H11, M1")
    unused_amounts: str = define("zero null", "Tax or discount amount without rate. E invoices")
    entry_copies: str = define("narrow wide", "Entry: client currency and project code. E")
    expense_currency: bool = define(YES, "Expense: currency of its client. E expenses")
    open_texts: str = define("usual other", "locked_reason and approval_status. M1 Locks, R")
    ids: str = define("number text", "Type of ids. H6, E get_params")
    external_id: str = define("text number", "Type of external_reference.id. E time_entries")
    days: str = define("date timestamp", "Plain dates: 2025-03-31, or at 00:00 UTC. H6")
    capacity: str = define("integer float", "Type of weekly_capacity. M1 Capacity, E users")
    whole_decimals: str = define("by_kind integer fraction", "2.0 (2 in reports), 2 or 2.0. H6")
    empty_text: str = define("mixed null text", 'Empty text: null and "", null, "". H6')
    seed_only: str = define("present absent", "Fields that Harvest does not document. H12.18, E")
    company_currency: str = define("code long", "USD, or United States Dollar - USD. E, R")
    total_entries: str = define("present absent", "Number of rows in a list. H3")
    updated_since: str = define("inclusive exclusive", "Records changed at that instant. E")
    foreign_account: str = define("404 401 403", "Status for a wrong account id. H1, H5")
    error_body: str = define("message error html", "Body of an error. H5")

    @classmethod
    def random(cls, rng: Random) -> Self:
        """Return switches with an independent value for each field."""
        return cls(**{name: rng.choice(switch["values"]) for name, switch in SWITCHES.items()})

    @classmethod
    def one_by_one(cls) -> Iterator[tuple[str, Self]]:
        """Iterate over every value that is no default, alone, with the name of its field."""
        for name, switch in SWITCHES.items():
            yield from ((name, cls(**{name: value})) for value in switch["values"][1:])


SWITCHES = {item.name: item.metadata for item in fields(Switches)}
