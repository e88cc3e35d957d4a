"""Readings of Harvest's documents: points on which they are silent, and the value that fits.

Harvest's reports follow one value of each reading. The comparison finds it, and keeps to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One point on which the documents are silent or contradict each other.

    `values` maps each possible value to a sentence; the first is assumed until a report tells.
    """

    id: str
    label: str
    values: Mapping[str, str]
    changes_metrics: bool = False

    @property
    def default(self) -> str:
        return next(iter(self.values))


RUNNING = Reading(
    id="running_timers",
    label="Running timers",
    values={
        "counted": "Reports count the hours of running timers.",
        "left out": "Reports leave running timers out.",
    },
    changes_metrics=True,
)
AMOUNTS = Reading(
    id="amount_rounding",
    label="Rounding of amounts",
    values={
        "row": "Each total of a report is rounded.",
        "entry": "The amount of each time entry is rounded before it is added.",
    },
    changes_metrics=True,
)
HALVES = Reading(
    id="half_cents",
    label="Half a cent",
    values={
        "up": "Half a cent is rounded away from zero.",
        "even": "Half a cent is rounded to the even cent.",
    },
    changes_metrics=True,
)
DECIMALS = Reading(
    id="decimal_places",
    label="Decimal places of amounts",
    values={
        "currency": "Amounts have as many decimal places as their currency.",
        "two": "Amounts have two decimal places in every currency.",
    },
    changes_metrics=True,
)
UNINVOICED_SUM = Reading(
    id="uninvoiced_rounding",
    label="Rounding of uninvoiced amounts",
    values={
        "together": "Uninvoiced time and expenses are added, then rounded.",
        "apart": "Uninvoiced time and expenses are rounded, then added.",
    },
)
FIXED_FEE_AMOUNT = Reading(
    id="uninvoiced_fixed_fees",
    label="Uninvoiced amount of fixed-fee projects",
    values={
        "nothing": "The uninvoiced report shows no amount for the time of fixed-fee projects.",
        "fee less invoiced": "The uninvoiced report shows the fee less what was invoiced.",
        "fee less invoiced and drafts": "The fee less what was invoiced, drafts included.",
        "hours at rates": "The uninvoiced report shows hours at their rates.",
    },
)
FIXED_FEE_UNTIL = Reading(
    id="uninvoiced_fixed_fees_until",
    label="Invoices that are taken off a fixed fee",
    values={
        "today": "All invoices are taken off, whatever their date.",
        "end": "Invoices up to the end of the report's window are taken off.",
    },
)
FIXED_FEE_LINES = Reading(
    id="uninvoiced_fixed_fees_lines",
    label="Invoice lines that are taken off a fixed fee",
    values={
        "work": "Lines for work are taken off, lines for expenses are not.",
        "all": "All lines of a project are taken off, those for expenses as well.",
    },
)
FIXED_FEE_FLOOR = Reading(
    id="uninvoiced_fixed_fees_floor",
    label="Fixed fees that were invoiced in excess",
    values={
        "zero": "The uninvoiced amount of a fixed fee is never below zero.",
        "below zero": "More invoiced than the fee makes the uninvoiced amount negative.",
    },
)
UNINVOICED_HOURS = Reading(
    id="uninvoiced_hours",
    label="Hours in the uninvoiced report",
    values={
        "billable": "The uninvoiced report counts billable hours that are not invoiced.",
        "all": "The uninvoiced report counts all hours that are not invoiced.",
    },
)
FIXED_FEE_HOURS = Reading(
    id="uninvoiced_fixed_fee_hours",
    label="Uninvoiced hours of fixed-fee projects",
    values={
        "counted": "The uninvoiced report counts the hours of fixed-fee projects.",
        "left out": "The uninvoiced report shows no hours for fixed-fee projects.",
    },
)
BUDGET_HOURS = Reading(
    id="budget_hours",
    label="Hours that use up a budget",
    values={
        "marked": "Time that Harvest marks as budgeted uses up a budget.",
        "billable": "Only billable time uses up a budget.",
        "all": "All time of a project uses up its budget.",
    },
    changes_metrics=True,
)
BUDGET_BLANKS = Reading(
    id="budget_blanks",
    label="Work on tasks and people without a budget",
    values={
        "counted": "Work on a task or by a person without a budget counts as well.",
        "left out": "Only work on tasks or by people with a budget counts.",
    },
    changes_metrics=True,
)
BUDGET_AHEAD = Reading(
    id="budget_days_ahead",
    label="Time dated after today in budgets",
    values={
        "counted": "The budget report counts time dated after today.",
        "left out": "The budget report leaves out time dated after today.",
    },
)
BUDGET_EXPENSES = Reading(
    id="budget_expenses",
    label="Expenses that use up a budget",
    values={
        "all": "All expenses use up a budget that includes expenses.",
        "billable": "Only billable expenses use up a budget that includes expenses.",
    },
    changes_metrics=True,
)
BUDGET_SUM = Reading(
    id="budget_rounding",
    label="Rounding of used budgets",
    values={
        "together": "Fees and expenses are added, then rounded.",
        "apart": "Fees and expenses are rounded, then added.",
    },
)


def _archived_reading(report: str, label: str) -> Reading:
    return Reading(
        id=f"archived_projects_{report}",
        label=f"Archived projects in the {label}",
        values={
            "listed": f"The {label} lists archived projects.",
            "left out": f"The {label} leaves archived projects out.",
        },
    )


ARCHIVED_TIME = _archived_reading("time", "time report")
ARCHIVED_EXPENSES = _archived_reading("expenses", "expense report")
ARCHIVED_UNINVOICED = _archived_reading("uninvoiced", "uninvoiced report")
ARCHIVED_BUDGETS = _archived_reading("budgets", "budget report")

READINGS: dict[str, Reading] = {
    reading.id: reading
    for reading in (
        RUNNING,
        AMOUNTS,
        HALVES,
        DECIMALS,
        UNINVOICED_SUM,
        FIXED_FEE_AMOUNT,
        FIXED_FEE_UNTIL,
        FIXED_FEE_LINES,
        FIXED_FEE_FLOOR,
        UNINVOICED_HOURS,
        FIXED_FEE_HOURS,
        BUDGET_HOURS,
        BUDGET_BLANKS,
        BUDGET_AHEAD,
        BUDGET_EXPENSES,
        BUDGET_SUM,
        ARCHIVED_TIME,
        ARCHIVED_EXPENSES,
        ARCHIVED_UNINVOICED,
        ARCHIVED_BUDGETS,
    )
}
