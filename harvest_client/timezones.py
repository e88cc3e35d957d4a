"""Time zones by IANA id, or by the label with which Harvest names the zone of a person.

Harvest's labels are those of Rails: mostly a city as in an IANA id, such as Berlin or Hong Kong.
"""

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_LABELS = {
    "abu dhabi": "Asia/Dubai",
    "alaska": "America/Juneau",
    "american samoa": "Pacific/Pago_Pago",
    "arizona": "America/Phoenix",
    "atlantic time (canada)": "America/Halifax",
    "astana": "Asia/Dhaka",  # as Rails has it
    "beijing": "Asia/Shanghai",
    "bern": "Europe/Zurich",
    "brasilia": "America/Sao_Paulo",
    "buenos aires": "America/Argentina/Buenos_Aires",
    "canberra": "Australia/Sydney",
    "cape verde is.": "Atlantic/Cape_Verde",
    "central america": "America/Guatemala",
    "central time (us & canada)": "America/Chicago",
    "chatham is.": "Pacific/Chatham",
    "chennai": "Asia/Kolkata",
    "eastern time (us & canada)": "America/New_York",
    "edinburgh": "Europe/London",
    "ekaterinburg": "Asia/Yekaterinburg",
    "georgetown": "America/Guyana",
    "greenland": "America/Nuuk",
    "guadalajara": "America/Mexico_City",
    "hanoi": "Asia/Bangkok",
    "hawaii": "Pacific/Honolulu",
    "indiana (east)": "America/Indiana/Indianapolis",
    "international date line west": "Pacific/Midway",
    "islamabad": "Asia/Karachi",
    "kamchatka": "Asia/Kamchatka",
    "kiev": "Europe/Kyiv",
    "marshall is.": "Pacific/Majuro",
    "mid-atlantic": "Atlantic/South_Georgia",
    "midway island": "Pacific/Midway",
    "mountain time (us & canada)": "America/Denver",
    "mumbai": "Asia/Kolkata",
    "new caledonia": "Pacific/Noumea",
    "new delhi": "Asia/Kolkata",
    "newfoundland": "America/St_Johns",
    "nuku'alofa": "Pacific/Tongatapu",
    "osaka": "Asia/Tokyo",
    "pacific time (us & canada)": "America/Los_Angeles",
    "pretoria": "Africa/Johannesburg",
    "quito": "America/Guayaquil",
    "samoa": "Pacific/Apia",
    "sapporo": "Asia/Tokyo",
    "saskatchewan": "America/Regina",
    "solomon is.": "Pacific/Guadalcanal",
    "sri jayawardenepura": "Asia/Colombo",
    "st. petersburg": "Europe/Moscow",
    "tokelau is.": "Pacific/Fakaofo",
    "ulaan bataar": "Asia/Ulaanbaatar",
    "utc": "Etc/UTC",
    "wellington": "Pacific/Auckland",
    "west central africa": "Africa/Lagos",
}
"""Labels that are no city of an IANA id, or another one's: Pacific/Samoa is American Samoa."""

_AREAS = (
    "Europe", "America", "Asia", "Australia", "Pacific", "Africa", "Atlantic", "Indian",
)  # fmt: skip
_NO_PLACE = frozenset({"localtime", "Factory"})
_OFFSET = re.compile(r"\s*\((?:GMT|UTC)[^)]*\)\s*", re.ASCII)


@cache
def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA id or of a label, in any case; None for one that is not known.

    An offset such as `(GMT+09:00)` before a label does not matter: it changes with the seasons.
    """
    text = _OFFSET.sub("", name, count=1).strip().casefold()
    ids = {zone.casefold(): zone for zone in available_timezones() - _NO_PLACE}
    place = text.replace(" ", "_")
    wanted = (
        _LABELS.get(text, "").casefold(),
        text,
        *(f"{area}/{place}".casefold() for area in _AREAS),
    )
    return next((ZoneInfo(ids[zone]) for zone in wanted if zone in ids), None)
