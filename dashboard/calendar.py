"""On which days and tasks nobody is expected to work: what is taken off a person's hours."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, and the names of tasks that leave is booked on, in lower case."""

    holidays: tuple[date, ...] = ()
    leave_tasks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The same for the same calendar: facts of another one are made anew."""
        return " ".join([*map(date.isoformat, self.holidays), *self.leave_tasks])
