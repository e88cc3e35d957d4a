"""Company of the demo agency, and the names and texts it uses."""

from harvest_demo.account.account import Row

# In the order of joining. The 2nd and 9th share a display name; several are not in Latin letters.
PEOPLE = (
    ("Maja", "Lindqvist-Okafor"), ("Anna", "Schmidt"), ("Tomás", "Ærøskov"), ("Priya", "Raman"),
    ("Jonas", "Weber"), ("安娜", "李"), ("Deshawn", "O'Rourke"), ("Leïla", "Benali"),
    ("Anna", "Schmidt"), ("Ольга", "Смирнова"), ("Piotr", "Żółkiewski"), ("Emma", "Hartley"),
    ("Yuki", "田中"), ("Luca", "D'Angelo"), ("Şebnem", "Yıldız"), ("Noah", "Fischer"),
    ("Zoë", "van der Berg"), ("Καλλιόπη", "Παππά"), ("Ibrahim", "Diallo"), ("Marta", "Núñez"),
    ("Finn", "Ó Súilleabháin"), ("نور", "حداد"), ("Clara", "Bergström"), ("Mateo", "Quiroga"),
    ("Hanna", "Kowalczyk"), ("Arjun", "Mehta"), ("Sofie", "Nørgaard"), ("Ben", "Achterberg"),
    ("Ines", "Carvalho"), ("Lars", "Thorvaldsen"), ("Amara", "Nwosu"), ("Theo", "Lefèvre"),
)  # fmt: skip
FIRST_NAMES = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ilse", "Jiří",
    "Karin", "Liam", "Mina", "Nils", "Oda", "Pablo", "Quinn", "Rosa", "Søren", "Tuuli",
)  # fmt: skip
LAST_NAMES = (
    "Abramov", "Baumann", "Costa", "Dvořák", "Eriksen", "Ferrari", "Groß", "Hoffmann", "Ivanova",
    "Janssen", "Keller", "Larsen", "Moreau", "Novák", "Olsen", "Petrov", "Rossi", "Silva",
)  # fmt: skip
TIME_ZONES = ("Berlin", "London", "Stockholm", "Eastern Time (US & Canada)", "Beijing", "Madrid")

COMPANY_WORDS = ("Alder", "Birke", "Cobalt", "Delta", "Ember", "Fjord", "Granit", "Hollow", "Iris")
COMPANY_KINDS = ("Logistik GmbH", "Labs Inc.", "Partners Ltd", "Energie AG", "Studio", "Foods")
PROJECT_WORDS = ("Portal", "Rebrand", "App", "Campaign", "Intranet", "Checkout", "Audit", "Archive")
PROJECT_KINDS = ("2.0", "Relaunch", "Support", "Discovery", "Rollout", "Phase II")

ADDRESSES = (
    "Kaistraße 12\r\n20457 Hamburg",
    "88 Canyon Rd, Suite 4\r\nBoulder, CO 80302\r\nUSA",
    None,
    "1 Quay Street\r\nBristol BS1 6BJ\r\nUnited Kingdom",
    "Calle de la Luz 7\n28013 Madrid",
)

NOTES = (
    None,
    "",
    "Component library: buttons and form fields",
    "Retro & Planung: “ça va” 🎯\n- Næste skridt",
    "Fix flaky checkout test",
    "Call with client, then wrote up the decisions",
    "Review of Anna's branch; two rounds",
    'Copy for the "About us" page',
    "Anbindung Terminalbuchung",
    "Accessibility pass: contrast, focus order, alt texts",
    "Workshop prep 📝",
    "Pairing on the import job",
    "検索画面の修正",
    "Правки по макетам",
    "Deploy; watched the logs for an hour",
    "Invoice import, edge cases: 0 €, negative lines; CSV with ; as separator",
    "Storyboard, second version",
    "Bug: dates shift by one day in São Paulo",
    "Content audit\r\n1. inventory\r\n2. gaps\r\n3. plan",
    "=SUM(A1:A9) pasted from the client's sheet",
    "Set up staging, <b>urgent</b>",
    "Onboarding of the new colleague",
    "Research: five interviews, notes are in the wiki",
    "Wireframes for the account area",
    "Performance: 2.4 s → 0.9 s on the start page ⚡",
    "Release notes",
    "Migration dry run",
    "Weekly",
    "Estimation for phase II",
    "Font licences, e-mails back and forth",
)

EXPENSE_NOTES = ("Zwei Nächte, Workshop", None, "Team lunch", "Taxi, late release 🚕", "", "Train")

TEXTS_OF_INVOICES = ("Vielen Dank für die Zusammenarbeit!", "", None, "Payable within 30 days.")


def company() -> Row:
    """Return the one record of `/company`."""
    return {
        "base_uri": "https://nordlicht.harvestapp.com",
        "full_domain": "nordlicht.harvestapp.com",
        "name": "Atelier Nordlicht GmbH",
        "is_active": True,
        "week_start_day": "Monday",
        "wants_timestamp_timers": False,
        "time_format": "hours_minutes",
        "date_format": "%d.%m.%Y",
        "plan_type": "trial",
        "clock": "24h",
        "currency_code_display": "iso_code_after",
        "currency_symbol_display": "symbol_none",
        "decimal_symbol": ",",
        "thousands_separator": ".",
        "color_scheme": "blue",
        "weekly_capacity": 135_000,
        "expense_feature": True,
        "invoice_feature": True,
        "estimate_feature": True,
        "approval_feature": True,
        "team_feature": True,
    }
