"""Server of the witness: paths, filters, pages, errors and HTTP."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.witness.records import KEYS, WORK, Record, Records
from tests.witness.switches import SWITCHES, Switches

PARTS = {
    "users": ("teammates", "billable_rates", "cost_rates", "project_assignments"),
    "projects": ("user_assignments", "task_assignments"),
}  # lists below one record
TEXTS = "notes|telephone|purchase_order|address|phone_office|phone_mobile|fax"
SEED_ONLY = r"employee_id|calendar_integration_\w+|can_create_projects|\w+_required"
SEED_ONLY += "|permissions_claims|team_feature|approval_status|is_explicitly_locked"
VALUE = r'(?:"(?:[^"\\]|\\.)*"|\[[^]]*\]|[^,}]*)'
FORMS = [  # switch, value, pattern in the text of an answer, replacement
    ("unused_amounts", "null", r'("(tax|tax2|discount)": null, "\2_amount": )0.0', r"\1null"),
    ("days", "timestamp", r'((?:_date|_on|period_\w+)": "\d{4}-\d\d-\d\d)"', r'\1T00:00:00Z"'),
    ("open_texts", "other", r'"(Item Invoiced|Item Archived|submitted)"', r'"\1 since today"'),
    ("empty_text", "null", rf'("(?:{TEXTS})": )""', r"\1null"),
    ("empty_text", "text", rf'("(?:{TEXTS})": )null', r'\1""'),
    ("ids", "text", r'("(?:id|\w+_id)": )(\d+)', r'\1"\2"'),
    ("external_id", "number", r'("external_reference": {"id": )"(\d+)"', r"\1\2"),
    ("whole_decimals", "integer", r'((?<!\\)": -?\d+)\.0(?=[,}])', r"\1"),
    ("capacity", "float", r'("weekly_capacity": \d+)', r"\1.0"),
    ("seed_only", "absent", rf', "(?:{SEED_ONLY})": {VALUE}', ""),
    ("seed_only", "absent", rf'("base_uri".*), "currency": {VALUE}', r"\1"),
    ("total_entries", "absent", r'"total_entries": \d+, ', ""),
]


class Refusal(Exception): ...  # error answer: a status, and seconds to wait


def demand(condition: Any, *answer: int) -> None:
    if not condition:
        raise Refusal(*answer)


class Witness(Records):
    """Harvest's API v2 for one account, in process or over HTTP."""

    def __init__(
        self,
        account: Record,
        switches: Switches | None = None,
        token: str = "token",
        seed: int = 0,
        page_size: int = 2000,
    ) -> None:
        """Copy an account. `page_size` caps the rows of a page."""
        super().__init__(account, switches or Switches())
        assert all(getattr(self.switches, k) in v["values"] for k, v in SWITCHES.items())
        self.token, self.seed, self.page_size, self.lock = token, seed, page_size, Lock()
        self.limit, self.clock, self.refusals = False, time.monotonic, dict[str, int]()
        self.calls, self.requests = {15: list[float](), 900: []}, list[tuple[str, int]]()

    def refuse(self, path_prefix: str, status: int) -> None:
        """Answer paths such as "/reports/time" with a status from now on."""
        self.refusals[path_prefix] = status

    def answer(
        self, method: str, target: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a target such as "/v2/clients?page=2"."""
        url, fields = urlsplit(target), {name.lower(): text for name, text in headers.items()}
        host, path = fields.get("host", "api.harvestapp.com"), url.path.removeprefix("/v2")
        base = f"{'http' if host.startswith(('127.', 'local')) else 'https'}://{host}{url.path}"
        now, form = datetime.fromisoformat(self.settings["now"]), self.switches.error_body
        result = {"Content-Type": "application/json", "Date": f"{now:%a, %d %b %Y %H:%M:%S GMT}"}
        with self.lock:
            try:
                self.check(method, path, fields)
                self.enter()
                status, body = 200, self.write(path, dict(parse_qsl(url.query)), base)
            except Refusal as error:
                status, text = error.args[0], f"Error {error.args[0]}"
                body = f"<h1>{text}</h1>" if form == "html" else json.dumps({form: text})
                result |= {"Content-Type": "text/html"} if form == "html" else {}
                result |= {"Retry-After": str(error.args[-1])} if status == 429 else {}
            self.requests.append((target, status))
        return status, result, body.encode()

    def check(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        span, now = 900 if path.startswith("/reports/") else 15, self.clock()
        calls = self.calls[span] = [call for call in self.calls[span] if call > now - span]
        demand(not self.limit or len(calls) < 100, 429, int((calls or [now])[0] + span - now) + 1)
        calls.append(now)
        demand("user-agent" in headers, 400)
        demand(headers.get("authorization") == f"Bearer {self.token}", 401)
        account, status = headers.get("harvest-account-id"), int(self.switches.foreign_account)
        demand(account == str(self.settings["account_id"]), status)
        demand(method == "GET", 404)
        for prefix, status in self.refusals.items():
            demand(not path.startswith(prefix), status)

    def write(self, path: str, query: dict[str, str], base: str) -> str:
        keys, text = "cost_rate", json.dumps(self.route(path, query, base), default=float)
        if not self.has("billable_rates_manager"):
            keys += "|(?:billable|hourly|default_hourly)_rate|fee|cost_budget"
            keys += "|currency|billable_amount" if "/time/" in path else ""
        if not self.has():
            null = r"\1null" if self.switches.hidden_columns == "null" else ""
            text = re.sub(rf'(, "(?:{keys})": ){VALUE}', null, text)
        whole = path.startswith("/reports") and self.switches.whole_decimals == "by_kind"
        for switch, value, pattern, replacement in FORMS:
            if getattr(self.switches, switch) == value or (whole and value == "integer"):
                text = re.sub(pattern, replacement, text)
        return text

    def route(self, path: str, query: dict[str, str], base: str) -> Record:
        me, parts = ["users", str(self.person)], path.strip("/").split("/")
        parts[:2] = me if parts[:2] == ["users", "me"] else parts[:2]
        own = parts[:2] == me and parts[2:] in ([], ["project_assignments"])
        right = [*parts, ""][1] if parts[0] == "reports" else parts[2 if len(parts) > 2 else 0]
        demand(own or self.permits(right), 403)
        try:
            days = {k: date.fromisoformat(v) for k, v in query.items() if k in ("from", "to")}
            since = datetime.fromisoformat(query.get("updated_since", "1999-01-01")).astimezone()
            page = int(query.get("per_page", 2000)), int(query.get("page", 1))
        except ValueError:
            raise Refusal(422) from None
        values = query | {name: day.isoformat() for name, day in days.items()}
        match parts:
            case ["company"]:
                return self.answer_record("company", self.company)
            case ["reports", *names] if (report := "/".join(names)) in KEYS:
                span = (days["to"] - days["from"]).days if len(days) == 2 else -1
                demand(0 <= span < 365 or report == "project_budget", 422)
                key, rows = "results", self.run_report(report, values, self.seed)
            case ["invoices" as key, number, "payments"]:
                key, rows = "invoice_payments", self.list_payments(self.find(key, number)["id"])
            case [key] if key in self.tables and "_pay" not in key:
                rows = self.filter_rows(key, values, since)
            case [key, number] | ["projects", _, key, number] if key in self.tables:
                return self.answer_record(key, self.find(key, number))
            case ["users" | "projects" as entity, number, key] if key in PARTS[entity]:
                rows = self.list_part(self.find(entity, number), key)
            case _:
                raise Refusal(404)
        by_page = {"spent_date", "issue_date"} & (rows[0] if rows else {}).keys()
        return self.cut_page(key, rows, query, base, page, len(parts) == 1 and not by_page)

    def cut_page(
        self,
        key: str,
        rows: list[Record],
        query: dict[str, str],
        base: str,
        page: tuple[int, int],
        by_cursor: bool,
    ) -> Record:
        (size, number), total, after = page, len(rows), query.get("cursor", "") if by_cursor else ""
        demand(1 <= size <= 2000 and number > 0, 422)
        size = min(size, self.page_size)
        marks = [f"{row['created_at']} {row['id']:020}".encode().hex() for row in rows if by_cursor]
        start = sum(mark >= after for mark in marks) if after else (number - 1) * size
        stop, rest = start + size, {k: v for k, v in query.items() if k not in ("page", "cursor")}

        def link(place: str, value: Any) -> str:
            return f"{base}?{urlencode(sorted((rest | {'per_page': size, place: value}).items()))}"

        place = ("cursor", marks[stop - 1]) if by_cursor and stop < total else ("page", number + 1)
        numbers = {
            "page": number,
            "next_page": number + 1 if stop < total else None,
            "previous_page": number - 1 or None,
        }
        pages, before = max(1, -(-total // size)), number - 1
        links = {
            "first": link("page", 1),
            "next": link(*place) if stop < total else None,
            "previous": link("page", before) if before else None,
            "last": link("page", pages),
        }
        return {
            key: [self.answer_record(key, row) for row in rows[start:stop]],
            "per_page": size,
            "total_pages": pages,
            "total_entries": total,
            **(dict.fromkeys(numbers) if after else numbers),
            "links": links,
        }

    def find(self, entity: str, number: str) -> Record:
        row = self.tables[entity].get(int(number)) if number.isdigit() else None
        demand(row and self.shows(entity, row), 404)
        return row or {}

    def list_part(self, row: Record, part: str) -> list[Record]:
        if part == "teammates":
            demand("manager" in row["access_roles"], 422)
            ids = [t["user_id"] for t in self.teammates if t["manager_id"] == row["id"]]
            names = ("id", "first_name", "last_name", "email")
            return [{name: self.tables["users"][key][name] for name in names} for key in ids]
        if part in ("billable_rates", "cost_rates"):
            keys = ("id", "start_date", "end_date", "created_at", "updated_at")
            rate = {key: row.get(key) for key in keys}
            rate["amount"] = row["cost_rate" if part == "cost_rates" else "default_hourly_rate"]
            rates: dict[str, list[Record]] = self.settings.get("rate_history", {}).get(part, {})
            return rates.get(str(row["id"]), [rate] * (rate["amount"] is not None))
        if part != "project_assignments":
            return self.find_all("project", row["id"], part)
        rows = [a for a in self.find_all("user", row["id"], "user_assignments") if a["is_active"]]
        projects = [self.fetch("project", a["project"]) for a in rows]
        tasks = [self.find_all("project", p["id"], "task_assignments") for p in projects]
        return [
            a | {"client": p["client"], "task_assignments": t}
            for a, p, t in zip(rows, projects, tasks, strict=True)
        ]

    def filter_rows(self, entity: str, values: Record, since: datetime) -> list[Record]:
        rows, first, last = [], values.get("from", ""), values.get("to", "9999")
        s, project = self.switches, values.get("project_id")
        for row in self.tables[entity].values():
            flat = row | {f"{k}_id": v.get("id") for k, v in row.items() if isinstance(v, dict)}
            flat |= {"is_billed": self.is_billed(row)} if entity in WORK else {}
            lines = [str((i.get("project") or flat)["id"]) for i in row.get("line_items", ())]
            flat |= {"project_id": project in lines and project} if entity == "invoices" else {}
            age = (datetime.fromisoformat(row["updated_at"]) - since).total_seconds()
            fresh = age > 0 or (age == 0 and s.updated_since == "inclusive") or entity == "roles"
            equal = all(str(flat[k]).lower() == text for k, text in values.items() if k in flat)
            day = row.get("spent_date") or row.get("issue_date") or first
            if equal and fresh and first <= day <= last and self.shows(entity, row):
                rows.append(row)
        keys = ("spent_date", "issue_date", "created_at", "id")
        return sorted(rows, key=lambda row: [row.get(key, "") for key in keys], reverse=True)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve HTTP on a free port of 127.0.0.1 and yield the base URL."""
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version, disable_nagle_algorithm, wbufsize = "HTTP/1.1", True, -1

            def do_GET(self) -> None:  # noqa: N802
                status, headers, body = answer("GET", self.path, dict(self.headers))
                self.send_response_only(status)
                for name, text in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/v2"
            finally:
                server.shutdown()
