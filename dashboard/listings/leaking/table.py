"""Names, columns and links that the tables of leaks share."""

from datetime import date

from dashboard.listings.listing import Column
from dashboard.metrics.metric import Unit

BEGINNING = date(1000, 1, 1)
"""The start of a scope over all there is up to its end."""

# Not the aliases of a filter's own joins.
NAMES = """\
LEFT JOIN clients AS ec ON ec.id = f.client_id
LEFT JOIN projects AS ep ON ep.id = f.project_id"""

# Two people of one name are told apart, as in answers.
PERSON = """\
LEFT JOIN (
    SELECT e.id AS id, CASE WHEN count(*) OVER (PARTITION BY e.name) > 1
        THEN e.name || ' (' || coalesce(e.email, CAST(e.id AS VARCHAR)) || ')' ELSE e.name
        END AS name
    FROM users AS e
) AS eu ON eu.id = f.user_id"""

CLIENT_COLUMN = Column(id="client", label="Client")
PROJECT_COLUMN = Column(id="project", label="Project")
PERSON_COLUMN = Column(id="person", label="Person")
LINK_COLUMN = Column(id="link", label="Harvest", is_link=True)


def hours_column(label: str, doc: str, id: str = "hours") -> Column:
    return Column(id=id, label=label, unit=Unit.HOURS, doc=doc)


def stake_column(doc: str) -> Column:
    return Column(id="at_stake", label="At stake", unit=Unit.MONEY, doc=doc)


DAY_PATH = "concat_ws('/', 'time/day', year(f.day), month(f.day), day(f.day), f.user_id)"
"""A person's timesheet of a day."""
PROJECT_PATH = "'projects/' || f.project_id"
