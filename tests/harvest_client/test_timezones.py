"""Time zones by Harvest's labels and by IANA ids."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_client.timezones import find_zone

# As far as Harvest's documents list them.
DOCUMENTED = """
American Samoa=Pacific/Pago_Pago; International Date Line West=Pacific/Midway;
Midway Island=Pacific/Midway; Hawaii=Pacific/Honolulu; Alaska=America/Juneau;
Pacific Time (US & Canada)=America/Los_Angeles; Tijuana=America/Tijuana; Arizona=America/Phoenix;
Mountain Time (US & Canada)=America/Denver; Central America=America/Guatemala;
Central Time (US & Canada)=America/Chicago; Mexico City=America/Mexico_City;
Saskatchewan=America/Regina; Bogota=America/Bogota; Eastern Time (US & Canada)=America/New_York;
Indiana (East)=America/Indiana/Indianapolis; Lima=America/Lima;
Atlantic Time (Canada)=America/Halifax; Caracas=America/Caracas; La Paz=America/La_Paz;
Santiago=America/Santiago; Newfoundland=America/St_Johns; Brasilia=America/Sao_Paulo;
Buenos Aires=America/Argentina/Buenos_Aires; Mid-Atlantic=Atlantic/South_Georgia;
Azores=Atlantic/Azores; Dublin=Europe/Dublin; London=Europe/London; UTC=Etc/UTC;
Amsterdam=Europe/Amsterdam; Berlin=Europe/Berlin; Paris=Europe/Paris; Prague=Europe/Prague;
Rome=Europe/Rome; Stockholm=Europe/Stockholm; Vienna=Europe/Vienna; Athens=Europe/Athens;
Helsinki=Europe/Helsinki; Kiev=Europe/Kiev; Minsk=Europe/Minsk; Moscow=Europe/Moscow;
Istanbul=Europe/Istanbul; Dubai=Asia/Dubai; Tehran=Asia/Tehran; Kabul=Asia/Kabul;
Karachi=Asia/Karachi; Mumbai=Asia/Kolkata; Kathmandu=Asia/Kathmandu; Dhaka=Asia/Dhaka;
Bangkok=Asia/Bangkok; Jakarta=Asia/Jakarta; Singapore=Asia/Singapore; Hong Kong=Asia/Hong_Kong;
Beijing=Asia/Shanghai; Tokyo=Asia/Tokyo; Seoul=Asia/Seoul; Adelaide=Australia/Adelaide;
Darwin=Australia/Darwin; Brisbane=Australia/Brisbane; Sydney=Australia/Sydney;
Vladivostok=Asia/Vladivostok; Solomon Is.=Pacific/Guadalcanal; Auckland=Pacific/Auckland;
Fiji=Pacific/Fiji; Samoa=Pacific/Apia
"""
LABELS = [pair.strip().split("=") for pair in DOCUMENTED.split(";")]
MONTHS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=30 * number) for number in range(12)]


@pytest.mark.parametrize(("label", "zone"), LABELS)
def test_label_of_harvest_is_its_zone(label: str, zone: str) -> None:
    found = find_zone(label)

    assert found is not None
    assert [at.astimezone(found).utcoffset() for at in MONTHS] == [
        at.astimezone(ZoneInfo(zone)).utcoffset() for at in MONTHS
    ]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("  Warsaw ", "Europe/Warsaw"),
        ("Port Moresby", "Pacific/Port_Moresby"),
        ("(GMT-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC+09:00) Tokyo", "Asia/Tokyo"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Etc/UTC", "Etc/UTC"),
    ],
)
def test_id_or_city_in_any_case_is_its_zone(name: str, zone: str) -> None:
    found = find_zone(name)

    assert found is not None
    assert found.key == zone


@pytest.mark.parametrize(
    "name",
    ["", "Mars", "America", "../../etc/passwd", "/etc/localtime", "localtime", "\0", "UTC+1"],
)
def test_unknown_name_has_no_zone(name: str) -> None:
    assert find_zone(name) is None


@given(st.text(max_size=40))
def test_any_text_is_a_zone_or_none(text: str) -> None:
    find_zone(text)
