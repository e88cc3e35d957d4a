"""Words and terms of projects and people that stored time depends on.

Harvest may reprice old entries, or change whether they count towards a budget, without a new
`updated_at`. The terms of each owner are kept as text, to be compared at the next sync.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from dashboard.store.tables import Tables
from harvest_client.search.values import case_spellings, word_ranges


def any_word_pattern(words: Sequence[str]) -> str:
    """Match a text that has at least one of the folded `words` as a whole word, case ignored."""
    edge = f"[^{_word_class()}]"
    either = "|".join(map(word_pattern, words))
    return rf"(?:\A|{edge})(?:{either})(?:\z|{edge})"


def word_pattern(word: str) -> str:
    """Match a text that has the folded `word` somewhere in it, case ignored.

    Every spelling of each letter is written out, so that a million texts need not be folded first.
    """
    return "".join(f"[{case_spellings(character)}]" for character in word)


@cache
def _word_class() -> str:
    return "".join(first if first == last else f"{first}-{last}" for first, last in word_ranges())


Owner = Literal["project", "user"]

TABLE = """
CREATE TABLE IF NOT EXISTS terms_read (
    account_id VARCHAR,
    owner      VARCHAR, -- project or user
    id         BIGINT,
    terms      VARCHAR, -- as they were when the owner's time and expenses were last read whole
    PRIMARY KEY (account_id, owner, id)
);
"""

# A rate or a budget is of the project, of a task on it, or of a person on it.
_PROJECTS = """
SELECT p.id AS id, concat_ws('|',
    concat_ws(',', p.client.id, p.is_billable, p.is_fixed_fee, p.bill_by, p.hourly_rate,
        p.budget_by, p.budget IS NULL, p.cost_budget IS NULL),
    (SELECT string_agg(concat_ws(',', a.task.id, a.billable, a.hourly_rate, a.budget IS NULL), ';'
        ORDER BY a.id)
     FROM task_assignments AS a
     WHERE a.account_id = $1 AND a.project.id = p.id AND a.deleted_at IS NULL),
    (SELECT string_agg(concat_ws(',', a.user.id, a.use_default_rates, a.hourly_rate,
        a.budget IS NULL), ';' ORDER BY a.id)
     FROM user_assignments AS a
     WHERE a.account_id = $1 AND a.project.id = p.id AND a.deleted_at IS NULL)
) AS terms
FROM projects AS p
WHERE p.account_id = $1 AND p.deleted_at IS NULL
"""
_USERS = """
SELECT u.id AS id, concat_ws(',', u.default_hourly_rate, u.cost_rate) AS terms
FROM users AS u
WHERE u.account_id = $1 AND u.deleted_at IS NULL
"""
_TERMS: Mapping[Owner, str] = {"project": _PROJECTS, "user": _USERS}


class TermRecords:
    """The terms of one account's projects and people."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def changed_owners(self, owner: Owner) -> list[int]:
        """Return the owners whose terms are others than when their records were read."""
        rows = self._tables.query(
            f"SELECT t.id FROM ({_TERMS[owner]}) AS t"
            f" JOIN terms_read AS r ON r.account_id = $1 AND r.owner = '{owner}' AND r.id = t.id"
            " WHERE r.terms IS DISTINCT FROM md5(t.terms) ORDER BY t.id"
        )
        return [id for (id,) in rows]

    def count_entries(self, owner: Owner, ids: list[int]) -> int:
        """Return the number of stored time entries of these owners."""
        ((count,),) = self._tables.query(
            f'SELECT count(*) FROM time_entries WHERE account_id = ? AND "{owner}".id IN'
            " (SELECT unnest(?::BIGINT[])) AND deleted_at IS NULL",
            ids,
        )
        return int(count)

    def note_terms(self) -> None:
        """Note that all stored time and expenses are as of the terms that are stored now."""
        with self._tables.transaction():
            self._tables.write("DELETE FROM terms_read WHERE account_id = ?")
            for owner, terms in _TERMS.items():
                self._tables.write(
                    f"INSERT INTO terms_read SELECT $1, $2, t.id, md5(t.terms) FROM ({terms}) AS t",
                    owner,
                )
