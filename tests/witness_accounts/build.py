"""Generator of accounts: people, clients, projects, time entries and expenses."""

from datetime import timedelta
from decimal import Decimal

from tests.witness_accounts import builder as data
from tests.witness_accounts.bills import add_bills
from tests.witness_accounts.builder import Builder, Record, pick
from tests.witness_accounts.rounding import round_hours


def add_people(b: Builder) -> None:
    """Add roles, people and teammates."""
    born = b.stamp((b.start - timedelta(days=40)).isoformat())
    for i, person in enumerate(data.PEOPLE):
        first, last, contractor, active, capacity, rate, cost, roles, access = person
        rights = access.split() + ["people_manager"] * (i == 1 and b.variant == "messy")
        b.add(
            "users",
            born,
            b.stamp(b.shift(-9 * i)),
            first_name=b.clean(first),
            last_name=last and b.clean(last),
            email=f"person{i}@example.com",
            telephone="" if i % 2 else None,
            timezone="Berlin" if i % 3 else "Unknown Town",
            has_access_to_all_future_projects=i == 0,
            is_contractor=contractor,
            is_active=active,
            weekly_capacity=capacity,
            default_hourly_rate=rate,
            cost_rate=cost,
            roles=roles.split(),
            access_roles=rights,
            employee_id=None,
            avatar_url=None if i % 2 else f"https://example.com/{i}.png",
            calendar_integration_enabled=False,
            calendar_integration_source=None,
            can_create_projects=i == 0,
            permissions_claims=[],
        )
    for name in ("Engineering", "Design", "Management", "Empty"):
        ids = [row["id"] for row in b.rows["users"] if name in row["roles"]]
        b.add("roles", born, name=name, user_ids=ids)
    users = [row["id"] for row in b.rows["users"]]
    b.rows["teammates"] = [{"manager_id": users[1], "user_id": users[k]} for k in (2, 4)]


def add_catalog(b: Builder) -> None:
    """Add clients, contacts, tasks and categories."""
    born = b.stamp((b.start - timedelta(days=30)).isoformat())
    for i, (name, active, address) in enumerate(data.CLIENTS):
        b.add(
            "clients",
            born,
            b.stamp(b.shift(-20 * i)),
            name=b.clean(name),
            is_active=active,
            address=address,
            statement_key=f"{b.random.getrandbits(128):032x}",
            currency=b.currencies[i % len(b.currencies)],
        )
    for i, client in enumerate(b.rows["clients"][:4]):
        b.add(
            "contacts",
            born,
            title=None,
            first_name="Pilar",
            last_name=None if i else "Sol",
            email=None if i else "pilar@example.com",
            phone_office="",
            phone_mobile="",
            fax="",
            client=pick(client, "id name"),
        )
    for name, billable, rate, active in data.TASKS:
        b.add(
            "tasks",
            born,
            name=name,
            billable_by_default=billable,
            default_hourly_rate=rate,
            is_default=active,
            is_active=active,
        )
    for name, unit, price, active in data.CATEGORIES:
        b.add(
            "expense_categories",
            born,
            name=b.clean(name),
            unit_name=unit,
            unit_price=price,
            is_active=active,
        )
    for name in ("Service", "Product", "Expense"):
        b.add(
            "invoice_item_categories",
            born,
            name=name,
            use_as_service=name == "Service",
            use_as_expense=name == "Expense",
        )
        b.add("estimate_item_categories", born, name=name)


def add_projects(b: Builder) -> None:
    """Add projects with task and user assignments."""
    for i, (name, code, client, bill, by, budget, fee, options) in enumerate(data.PROJECTS):
        born = b.stamp((b.start - timedelta(days=25 - i)).isoformat())
        begin = b.shift(90) if "future" in options else b.start.isoformat() if i % 2 else None
        project = b.add(
            "projects",
            born,
            b.stamp(b.shift(-11 * i)),
            name=b.clean(name),
            code=code,
            is_active="archived" not in options,
            is_billable="internal" not in options,
            is_fixed_fee=fee is not None,
            bill_by=bill,
            hourly_rate=100.0 + i if bill == "Project" else None,
            budget_by=by,
            budget_is_monthly="monthly" in options,
            budget=budget if by == "project" else None,
            cost_budget=budget if by == "project_cost" else None,
            cost_budget_include_expenses="expenses" in options,
            notify_when_over_budget=False,
            over_budget_notification_percentage=80.0,
            over_budget_notification_date=None,
            show_budget_to_all="shared" in options,
            fee=None if fee == "none" else fee,
            notes="" if i % 2 else None,
            starts_on=begin,
            ends_on=None,
            client=pick(b.rows["clients"][client], "id name currency"),
        )
        copy = pick(project, "id name code")
        for k, task in enumerate(b.rows["tasks"]):
            part = budget is not None and by in ("task", "task_fees") and k not in (1, 2)
            b.add(
                "task_assignments",
                born,
                b.stamp(b.shift(-13 * i)),
                is_active=k != 4,
                billable=task["billable_by_default"] and project["is_billable"],
                hourly_rate=task["default_hourly_rate"] if bill == "Tasks" or k else 77.0,
                budget=round(budget / 2 ** (k + 1), 2) if part else None,
                project=copy,
                task=pick(task, "id name"),
            )
        for k, user in enumerate(b.rows["users"][:9]):
            if options != "quiet" and ((i + k) % 3 or k == 1):
                part = budget is not None and by == "person" and k not in (1, 4)
                b.add(
                    "user_assignments",
                    born,
                    b.stamp(b.shift(-17 * i)),
                    is_active=k != 5,
                    is_project_manager=k == (1 if i % 2 else 0),
                    hourly_rate=85.5 + k,
                    budget=round(budget / 2 ** (k % 4 + 1), 2) if part else None,
                    use_default_rates=k % 2 == 0,
                    project=copy,
                    user=pick(user, "id name"),
                )


def choose_day(b: Builder, number: int, first: str) -> str:
    """Return the day of some work: a few days are odd, most are weekdays."""
    odd = [first, "2024-02-29", b.shift(40), b.shift(0), b.shift(2), "2019-12-31"]
    if number < len(odd):
        return odd[number]
    day = b.start + timedelta(days=b.random.randrange((b.today - b.start).days + 1))
    back = max(0, day.weekday() - 4) if b.random.random() > b.odd else 0
    return (day - timedelta(days=back)).isoformat()


def describe_work(b: Builder, person: Record, project: Record, day: str) -> Record:
    """Return the fields that time entries and expenses share."""
    status = b.random.choice(["unsubmitted", "submitted", "approved"])
    mark = b.random.random() < b.odd / 2 and day < b.shift(-30)
    reason = "Item Invoiced" if mark else "Item Approved" if status == "approved" else None
    reason = reason if project["is_active"] else "Item Archived"
    return {
        "notes": b.random.choice([None, "", "Call, 2.0", 'He said "x": 2.0,\n=2+2', "שלום"]),
        "is_locked": bool(reason),
        "locked_reason": reason,
        "is_closed": status == "approved",
        "is_billed": mark,
        "approval_status": status,
        "is_explicitly_locked": False,
        "spent_date": day,
        "invoice": None,
        "user": person["user"],
        "user_assignment": pick(person, f"{data.ASSIGNMENT} is_project_manager"),
    }


def add_entries(b: Builder, count: int) -> None:
    """Add time entries. Two of today have running timers."""
    tables = {name: {row["id"]: row for row in b.rows[name]} for name in ("users", "projects")}
    tasks: dict[int, list[Record]] = {}
    for row in b.rows["task_assignments"]:
        tasks.setdefault(row["project"]["id"], []).append(row)
    future = {row["id"] for row in b.rows["projects"] if (row["starts_on"] or "") > b.now}
    people = [row for row in b.rows["user_assignments"] if row["project"]["id"] not in future]
    b.last_id += 2_450_000_000
    for number in range(count):
        person, running = b.random.choice(people), number in (3, 4) or number == count - 1
        project = tables["projects"][person["project"]["id"]]
        user, task = tables["users"][person["user"]["id"]], b.random.choice(tasks[project["id"]])
        day = b.shift(0) if running else choose_day(b, number, "2019-03-04")
        odd, before = b.random.random() < b.odd + 0.3, b.random.choice([0, 25, 133])
        usual = [0, 1, 33, 167, 2550, b.random.randrange(900)] if odd else [25, 50, 100, 200, 800]
        hours = Decimal(before + 158 if running else b.random.choice(usual)) / 100
        billable = task["billable"] and b.random.random() > b.odd / 3
        default = user["default_hourly_rate"]
        rates = {
            "Project": project["hourly_rate"],
            "Tasks": task["hourly_rate"],
            "People": default if person["use_default_rates"] else person["hourly_rate"],
        }
        instant = b.stamp(min(day, b.shift(0)), f"{8 + number % 10:02}:{number % 60:02}:11")
        fields = describe_work(b, person, project, day) | ({"is_billed": False} if running else {})
        reference = {
            "id": str(88000 + number),
            "group_id": "41",
            "account_id": "19",
            "permalink": "https://tracker.example.com/1",
            "service": "tracker.example.com",
            "service_icon_url": "https://tracker.example.com/icon.png",
        }
        b.add(
            "time_entries",
            instant,
            b.stamp(b.shift(-number % 400 - 1)),
            **fields,
            hours=float(hours),
            rounded_hours=float(round_hours(hours, b.rounding)),
            hours_without_timer=before / 100 if running else float(hours),
            is_running=running,
            timer_started_at=f"{b.shift(0)}T07:55:12Z" if running else None,
            started_time=None,
            ended_time=None,
            billable=billable,
            budgeted=project["budget_by"] != "none",
            billable_rate=rates.get(project["bill_by"]) if billable else None,
            cost_rate=user["cost_rate"],
            client=pick(project["client"], "id name"),
            project=pick(project, "id name"),
            task=task["task"],
            task_assignment=pick(task, f"{data.ASSIGNMENT} billable"),
            external_reference=reference if number % 9 == 0 else None,
        )


def add_expenses(b: Builder, count: int) -> None:
    """Add expenses, some with a receipt, some priced by unit."""
    projects = {row["id"]: row for row in b.rows["projects"]}
    for number in range(count):
        person = b.random.choice(b.rows["user_assignments"][: 50 if number % 3 else None])
        day = choose_day(b, number, "2018-11-05")
        category = b.rows["expense_categories"][b.random.randrange(3) if number % 2 else 0]
        project, price = projects[person["project"]["id"]], category["unit_price"]
        units = b.random.randrange(1, 300) if price else 1
        cost = Decimal(str(price or b.random.randrange(100, 90000) / 100)) * units
        file = {
            "url": "https://example.com/receipt",
            "file_name": "hotel_märz.pdf",
            "file_size": 184220,
            "content_type": "application/pdf",
        }
        instant = b.stamp(min(day, b.shift(0)), f"19:{number % 60:02}:00")
        billable = project["is_billable"] and b.random.random() < 0.7
        b.add(
            "expenses",
            instant,
            **describe_work(b, person, project, day),
            total_cost=float(cost),
            units=float(units),
            billable=billable,
            receipt=file if number % 3 == 0 else None,
            project=pick(project, "id name code"),
            client=project["client"],
            expense_category=pick(category, "id name unit_price unit_name"),
        )


def build_account(
    seed: int,
    entries: int = 3000,
    start: str = "2024-01-01",
    today: str = "2026-11-30",
    variant: str = "",
) -> Record:
    """Return an account. Without a variant the seed chooses one of plain, world and messy."""
    variant = variant or [*data.VARIANTS][seed % len(data.VARIANTS)]
    b = Builder(seed, variant, start, today)
    for add_part in (add_people, add_catalog, add_projects):
        add_part(b)
    add_entries(b, entries)
    add_expenses(b, max(12, entries // 8))
    add_bills(b)
    company = {
        "base_uri": "https://witness.harvestapp.com",
        "full_domain": "witness.harvestapp.com",
        "name": 'Witness "Ünlimited"',
        "is_active": True,
        "week_start_day": b.week_start,
        "wants_timestamp_timers": False,
        "time_format": "decimal",
        "date_format": "%Y-%m-%d",
        "plan_type": "trial",
        "clock": "24h",
        "currency_code_display": "iso_code_none",
        "currency_symbol_display": "symbol_before",
        "decimal_symbol": ".",
        "thousands_separator": ",",
        "color_scheme": "blue",
        "weekly_capacity": 126000,
        "expense_feature": True,
        "invoice_feature": True,
        "estimate_feature": True,
        "approval_feature": True,
        "team_feature": True,
        "currency": b.currencies[0],
        "saml_sign_in_required": False,
        "day_entry_notes_required": False,
        "_long_currency": data.LONG_NAMES[b.currencies[0]],
    }
    settings = {
        "today": today,
        "now": b.now,
        "rounding": b.rounding,
        "variant": variant,
        "token_user": b.rows["users"][0]["id"],
        "account_id": 100000 + seed,
    }
    return {"settings": settings, "company": company, **b.rows}
