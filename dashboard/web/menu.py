"""The pages, in the order of the menu, each with the question it answers."""

from dataclasses import dataclass

from dashboard.access.rights import Right, Viewer


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: `name` is its file and its address; whoever lacks a right it `needs` has it not.

    `shows` are the rights to figures on it that are left out for whoever lacks them.
    """

    section: str
    name: str
    title: str
    icon: str
    question: str
    needs: frozenset[Right] = frozenset()
    shows: frozenset[Right] = frozenset()

    def is_restricted(self, viewer: Viewer) -> bool:
        """Return whether it shows this viewer restricted figures."""
        return bool(self.needs) or any(viewer.has_rights({right}) for right in self.shows)


MENU = (
    PageEntry(
        "Reports",
        "overview",
        "Overview",
        ":material/dashboard:",
        "Key figures and what needs attention.",
        shows=frozenset({Right.RATES, Right.INVOICES}),
    ),
    PageEntry(
        "Reports",
        "hours",
        "Hours",
        ":material/schedule:",
        ("Hours by client, project, task and team, with billable share and value."),
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Reports",
        "utilization",
        "Utilization",
        ":material/speed:",
        "Billable utilization and available capacity by person.",
    ),
    PageEntry(
        "Reports",
        "projects",
        "Project budgets",
        ":material/flag:",
        "Budget used, budget left and projected run-out date.",
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Reports",
        "profitability",
        "Profitability",
        ":material/trending_up:",
        "Revenue, cost and margin by client and project.",
        frozenset({Right.ACCOUNT}),
    ),
    PageEntry(
        "Reports",
        "leaks",
        "Revenue leaks",
        ":material/water_drop:",
        "Unbilled, unpriced and missing time, ranked by amount at risk.",
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Money",
        "invoices",
        "Invoices",
        ":material/request_page:",
        "Invoiced, paid, outstanding and overdue amounts by client.",
        frozenset({Right.INVOICES}),
    ),
    PageEntry(
        "Money",
        "estimates",
        "Estimates",
        ":material/request_quote:",
        "Open estimates and win rate.",
        frozenset({Right.ESTIMATES}),
    ),
    PageEntry(
        "Money",
        "wip",
        "Uninvoiced",
        ":material/pending_actions:",
        "Billable time and expenses not yet invoiced, by client and age.",
        frozenset({Right.RATES}),
    ),
    PageEntry(
        "Money",
        "expenses",
        "Expenses",
        ":material/shopping_cart:",
        "Expenses by category, client and billable status.",
    ),
    PageEntry(
        "Admin",
        "explorer",
        "Data explorer",
        ":material/search:",
        "Browse, filter and export any Harvest record.",
    ),
    PageEntry(
        "Admin",
        "data",
        "Data and sync",
        ":material/database:",
        "Sync status, stored records and reconciliation with Harvest.",
        frozenset({Right.ACCOUNT}),
    ),
    PageEntry(
        "Admin",
        "audit",
        "Audit log",
        ":material/policy:",
        "Who viewed restricted data and who exported it.",
        frozenset({Right.ACCOUNT}),
    ),
)

UNFILTERED = frozenset({"audit", "data", "explorer"})
"""Pages without the bar of period and filters."""

UNCOMPARED = frozenset({"leaks", "projects", "wip"})
"""Pages that show nothing beside what it was before."""
