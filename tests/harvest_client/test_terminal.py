"""Nothing that Harvest's people write can move the cursor, break a line or turn it around."""

import io
import json
import logging
import re
import subprocess
import sys

import pytest

from harvest_client import Harvest
from harvest_client.terminal import (
    escape_controls,
    escape_json,
    escape_json_bytes,
    print_line,
    visible_record,
    visible_trace,
)
from tests.harvest_client.fake_harvest import FakeHarvest

OBEYED = [
    *map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)),
    *map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070))),
    *map(chr, range(0xFFF9, 0xFFFC)),
    "\ud800",
    "\udfff",
]
OURS = "Ada Ærøskøbing 山田 עדה 🙂 «x» \u00a0–\u200b"


@pytest.mark.parametrize("character", OBEYED, ids=lambda one: f"{ord(one):04x}")
def test_character_that_a_terminal_obeys_is_shown_as_an_escape(character: str) -> None:
    shown = escape_controls(f"a{character}b")

    assert re.fullmatch(r"a\\([nrt]|x[0-9a-f]{2}|u[0-9a-f]{4})b", shown)
    assert escape_controls(shown) == shown


def test_letters_of_all_scripts_stay_as_they_are() -> None:
    assert escape_controls(OURS) == OURS


def test_escapes_are_those_that_people_know() -> None:
    assert escape_controls("\x1b[31m\n\x85\u202e") == r"\x1b[31m\n\x85\u202e"


def test_line_is_printed_as_one_line() -> None:
    out = io.StringIO()

    print_line("Ada\n\x1b[2J", file=out)

    assert out.getvalue() == "Ada\\n\\x1b[2J\n"


def test_lines_of_a_traceback_cannot_pass_for_lines_of_the_log() -> None:
    assert visible_trace("a\x07\nb\r\n\nc\n") == "a\\x07\n  b\\r\n\n  c"


@pytest.mark.parametrize("character", OBEYED, ids=lambda one: f"{ord(one):04x}")
def test_json_has_an_escape_for_it_and_means_the_same(character: str) -> None:
    value = {"name": f"{OURS}{character}"}

    text = escape_json(json.dumps(value, ensure_ascii=False))

    assert character not in text
    assert json.loads(text) == value
    assert OURS in text


def test_json_of_several_lines_keeps_them() -> None:
    text = json.dumps([1, "\x7f"], indent=1)

    assert escape_json_bytes(text.encode()) == b'[\n 1,\n "\\u007f"\n]'
    assert escape_json_bytes("é\u202e".encode()) == "é\\u202e".encode()


def _logged(message: object, *arguments: object, error: bool = False) -> str:
    """What a handler writes of a message, with a formatter of its own."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    exc_info = None
    if error:
        try:
            raise ValueError("Ada\x1b[2J\nINFO forged")
        except ValueError:
            exc_info = sys.exc_info()
    record = logging.LogRecord("x", logging.INFO, "p", 1, message, arguments, exc_info)
    handler.handle(visible_record(record))
    return out.getvalue()


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("user %s", ("Ada\n\x1b[2J",)),
        ("user %s", (ValueError("Ada\n\x1b[2J"),)),
        ("user %(name)s", ({"name": "Ada\n\x1b[2J"},)),
        ("user Ada\n\x1b[2J", ()),
        (ValueError("user Ada\n\x1b[2J"), ()),
    ],
)
def test_message_of_a_log_is_one_line(message: object, arguments: tuple[object, ...]) -> None:
    assert _logged(message, *arguments) == "INFO user Ada\\n\\x1b[2J\n"


def test_numbers_of_a_log_are_numbers_still() -> None:
    assert _logged("%d of %.1f, %s", 3, 2.5, None) == "INFO 3 of 2.5, None\n"


def test_traceback_in_a_log_has_lines_and_nothing_that_is_obeyed() -> None:
    text = _logged("it failed", error=True)

    assert text.count("\n") > 3
    assert "\x1b" not in text
    assert "ValueError: Ada\\x1b[2J" in text
    assert [line for line in text.splitlines() if line.startswith("INFO")] == ["INFO it failed"]


def test_process_that_keeps_private_logs_and_dies_visibly() -> None:
    code = (
        "import logging\n"
        "from harvest_client.auth.redaction import install_redaction\n"
        "install_redaction()\n"
        "logging.basicConfig(format='%(message)s')\n"
        "logging.getLogger('uvicorn.access').warning("
        "'%s - \"%s %s HTTP/%s\" %d', '1.2.3.4', 'GET', '/\\u202e', '1.1', 200)\n"
        "logging.warning('sync failed: %s', RuntimeError('Ada\\n\\x1b[2J'))\n"
        "logging.warning('%d rows', 'Ada\\n\\x1b[2J')\n"
        "logging.captureWarnings(False)\n"
        "import warnings; warnings.warn('Ada\\n\\x1b[2J')\n"
        "class Odd:\n"
        "    def __del__(self): raise ValueError('Ada\\n\\x1b[2J')\n"
        "Odd()\n"
        "raise RuntimeError('Ada\\x1b[2J')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(
        '1.2.3.4 - "GET /\\u202e HTTP/1.1" 200\nsync failed: Ada\\n\\x1b[2J\n'
        "'%d rows' ('Ada\\n\\x1b[2J',)\n<string>:"
    )
    assert "UserWarning: Ada\n  \\x1b[2J\n" in done.stderr
    assert "  ValueError: Ada\n  \\x1b[2J\n" in done.stderr
    assert "\x1b" not in done.stderr
    assert done.stderr.endswith("RuntimeError: Ada\\x1b[2J\n")


def test_records_on_the_command_line_are_escaped(
    harvest: Harvest, fake: FakeHarvest, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    from harvest_client.cli.entities import Output
    from harvest_client.entities import ENTITIES
    from harvest_client.models.records import record_type

    client = record_type(ENTITIES["clients"])(id=1, name="Bø\x85\u202e\x7f\x1b")
    for lines in (True, False):
        with Output(lines=lines) as output:
            output.write_records(ENTITIES["clients"], [client], None)

    out = capfdbinary.readouterr().out.decode()
    assert out.count(r"Bø\u0085\u202e\u007f\u001b") == 2
