"""One time entry, kept small: a million of them must fit into the memory of a laptop."""

from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import msgspec

from harvest_client.demo.copies import Row

_QUARTERS = Decimal(4)
_CENT = Decimal("0.01")


class TimeEntry(msgspec.Struct, gc=False, kw_only=True):
    """A time entry in the order and under the names in which Harvest sends it.

    The objects inside are shared between entries and with the account, so a client renamed there
    is renamed here. Refers to no other entry: safe to keep from the garbage collector.
    """

    id: int
    spent_date: date
    hours: Decimal
    hours_without_timer: Decimal
    rounded_hours: Decimal
    notes: str | None
    is_locked: bool
    locked_reason: str | None
    is_closed: bool
    is_billed: bool
    timer_started_at: datetime | None
    started_time: str | None
    ended_time: str | None
    is_running: bool
    billable: bool
    budgeted: bool
    billable_rate: Decimal | None
    cost_rate: Decimal | None
    created_at: datetime
    updated_at: datetime
    approval_status: str
    user: Row
    client: Row
    project: Row
    task: Row
    user_assignment: Row
    task_assignment: Row
    external_reference: Row | None
    invoice: Row | None

    @property
    def day_and_id(self) -> tuple[date, int]:
        return self.spent_date, self.id

    @property
    def fees(self) -> Decimal:
        """Return the amount of the entry at its rate, zero without a rate; not rounded."""
        if not self.billable or self.billable_rate is None:
            return Decimal(0)
        return self.rounded_hours * self.billable_rate


def rounded(hours: Decimal) -> Decimal:
    """The account's rounding rule: up to the next quarter hour."""
    return (hours * _QUARTERS).to_integral_value(ROUND_CEILING) / _QUARTERS


def cents(amount: Decimal) -> Decimal:
    """Money as it is printed: half a cent goes up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def hours_of(minutes: int) -> Decimal:
    """Minutes as Harvest keeps them: decimal hours with two places."""
    return (Decimal(minutes) / 60).quantize(_CENT, ROUND_HALF_UP)
