"""The demo account with names and notes that would do something if they were taken for more.

`python -m tests.e2e.hostile_demo PORT TODAY` serves it as Harvest would.
"""

import sys
from datetime import date
from itertools import cycle, islice
from typing import Any

from harvest_demo import Account, app, build
from harvest_demo.server.app import listen, serve

# Each says "evil" where it would be seen also when it has become markup, and only then alone.
TEXTS = [
    "[evil](https://evil.example)",
    "![evil](https://evil.example/i.png)",
    "[![evil](https://evil.example/i.png)](https://evil.example)",
    "[evil][1]\n\n[1]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/path?a=1&b=2",
    "www.evil.example",
    "evil@evil.example",
    "mailto:evil@evil.example",
    "[evil](javascript:alert(1))",
    "javascript:alert('evil')",
    "data:text/html,<script>alert('evil')</script>",
    "<a href='https://evil.example'>evil</a>",
    '<a href="javascript:alert(1)">evil</a>',
    "<img src=https://evil.example/i.png onerror=alert(1) alt=evil>",
    "<script>alert('evil')</script>",
    "<svg onload=alert(1)><text>evil</text></svg>",
    "<iframe src=https://evil.example></iframe>",
    "<style>body{background:url(https://evil.example/c.png)}</style>",
    '"><img src=x onerror=alert("evil")>',
    "&lt;b&gt;evil&lt;/b&gt; &amp; &#x41;",
    "<b>evil</b><br>evil<sup>2</sup>",
    "<span style='color:red'>evil</span>",
    "**evil** *evil* ~~evil~~ __evil__",
    "`evil` ```evil```",
    "# evil",
    "> evil",
    "- evil\n- evil",
    "1. evil",
    "| evil | b |\n|---|---|\n| 1 | 2 |",
    "$evil$ and $$\\frac{evil}{2}$$",
    "\\(evil\\) \\[evil\\]",
    ":red[evil] :blue-background[evil] :small[evil]",
    ":material/delete: evil :streamlit:",
    ":smile: evil :evil:",
    "evil -> <- -- evil",
    "%{x} evil %{customdata[0]} {evil}",
    "=HYPERLINK('https://evil.example';'evil')",
    "+evil|' /C calc'!A0",
    "body{display:none} .evil{color:red}",
    "evil\u202egnp.exe\u200b\u2066",
    "evil\r\nsecond line\tafter a tab",
    "evil \\*escaped\\* \\",
    "évil 邪恶 evil 🎯\u200d🎯",
    "evil " + "very long " * 24,
]
PLANTED = {
    "clients": ("name", "address"),
    "contacts": ("first_name", "title"),
    "estimates": ("subject", "notes", "number", "purchase_order"),
    "expense_categories": ("name", "unit_name"),
    "expenses": ("notes",),
    "invoices": ("subject", "notes", "number", "purchase_order"),
    "projects": ("name", "code", "notes"),
    "roles": ("name",),
    "tasks": ("name",),
    "users": ("first_name",),
}


def hostile(today: date) -> Account:
    """The account, with all the texts in its time entries' notes and wherever they fit."""
    account = build(entries=3000, today=today)
    account.company["name"] = TEXTS[0]
    for person in account.rows("users"):
        person["last_name"] = ""  # a name is one text, and one that is cut can be told
    for start, (entity, fields) in enumerate(PLANTED.items()):
        texts = islice(cycle(TEXTS), start * 7, None)
        for row in account.rows(entity):
            row |= {field: next(texts) for field in fields}
            account.copies.refresh(entity, row)
            _plant_inside(row)
    for entry, text in zip(account.entries, cycle(TEXTS), strict=False):
        entry.notes = text
        entry.external_reference = _elsewhere(text)
    return account


def _plant_inside(row: dict[str, Any]) -> None:
    for line in row.get("line_items", ()):
        line["description"] = TEXTS[0]
    if row.get("receipt"):
        row["receipt"] |= {"url": "javascript:alert('evil')", "file_name": TEXTS[12]}


def _elsewhere(text: str) -> dict[str, Any]:
    return {
        "id": text, "group_id": text, "account_id": None, "permalink": "javascript:alert('evil')",
        "service": text, "service_icon_url": "https://evil.example/path?a=1&b=2",
    }  # fmt: skip


if __name__ == "__main__":
    port, day = sys.argv[1:]
    serve(app(hostile(date.fromisoformat(day)), limits=False), listen(int(port)))
