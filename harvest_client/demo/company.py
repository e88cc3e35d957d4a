"""The settings of the demo account."""

from harvest_client.demo.copies import Row


def company() -> Row:
    """The one record of `/company`."""
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
