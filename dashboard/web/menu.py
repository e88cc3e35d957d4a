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
        "Analyse",
        "overview",
        "Overview",
        ":material/dashboard:",
        "How it goes, and what needs somebody.",
        shows=frozenset({Right.RATES, Right.INVOICES}),
    ),
    PageEntry(
        "Analyse",
        "hours",
        "Hours",
        ":material/schedule:",
        "Where the hours go, how many of them are billable, and what they are worth.",
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Analyse",
        "utilization",
        "Utilization",
        ":material/speed:",
        "Who is busy on paid work, and who has room.",
    ),
    PageEntry(
        "Analyse",
        "projects",
        "Projects",
        ":material/flag:",
        "Which budgets will not last.",
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Analyse",
        "profitability",
        "Profitability",
        ":material/trending_up:",
        "Which clients and projects make money, and how much of their cost is known.",
        frozenset({Right.ACCOUNT}),
    ),
    PageEntry(
        "Analyse",
        "leaks",
        "Leaks",
        ":material/water_drop:",
        "Where money gets lost, ranked by the money at stake.",
        shows=frozenset({Right.RATES}),
    ),
    PageEntry(
        "Money",
        "invoices",
        "Invoices",
        ":material/request_page:",
        "What clients owe, how late it is, and whom to call.",
        frozenset({Right.INVOICES}),
    ),
    PageEntry(
        "Money",
        "estimates",
        "Estimates",
        ":material/request_quote:",
        "What is in the pipeline, and what is won.",
        frozenset({Right.ESTIMATES}),
    ),
    PageEntry(
        "Money",
        "wip",
        "Uninvoiced work",
        ":material/pending_actions:",
        "What was worked and not invoiced, for whom, and how old it is.",
        frozenset({Right.RATES}),
    ),
    PageEntry(
        "Money",
        "expenses",
        "Expenses",
        ":material/shopping_cart:",
        "What was spent, on what, and who pays for it.",
    ),
    PageEntry(
        "Data",
        "explorer",
        "Explorer",
        ":material/search:",
        "Any record as the connector has it: listed, got by its id, or searched.",
    ),
    PageEntry(
        "Data",
        "data",
        "Data",
        ":material/database:",
        "What is stored, how old it is, and what the last syncs changed.",
        frozenset({Right.ACCOUNT}),
    ),
    PageEntry(
        "Data",
        "audit",
        "Audit log",
        ":material/policy:",
        "Who looked at restricted figures, and who took which file.",
        frozenset({Right.ACCOUNT}),
    ),
)

UNFILTERED = frozenset({"audit", "data", "explorer"})
"""Pages without the bar of period and filters."""

UNCOMPARED = frozenset({"leaks", "projects", "wip"})
"""Pages that show nothing beside what it was before."""
