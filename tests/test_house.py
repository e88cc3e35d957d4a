"""Rules of the house that no tool checks."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def test_modules_have_at_most_800_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked("harvest_client/*.py", "dashboard/*.py", "pages/*.py", "app.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 800
    }

    assert not long


def test_no_drawer_is_called_miscellaneous() -> None:
    names = {path.stem for path in _tracked("harvest_client/*.py", "dashboard/*.py")}

    assert not names & {"utils", "helpers", "common", "misc", "util"}


def test_every_fact_states_its_grain_first() -> None:
    facts = _tracked("dashboard/store/facts/*.sql")

    assert facts
    assert all(path.read_text("utf-8").startswith("-- Grain: ") for path in facts)


def test_every_pinned_package_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        pins = [line for line in text.splitlines() if "==" in line]

        assert pins
        assert all(line.endswith("\\") for line in pins), f"{name}: a pin without its hash"


def test_the_server_listens_on_this_machine_only() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))

    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableCORS"] is True
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableAgentApi"] is False
    assert "trustedUserHeaders" not in config["server"]
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"


def test_no_page_takes_files_or_hands_them_to_streamlit() -> None:
    """What is under `/media` needs no sign-in and may be somebody else's: our files are a route."""
    named = re.compile(
        r"\.(file_uploader|camera_input|audio_input|chat_input|download_button|image|audio|video|"
        r"html(?!\(HERE)|iframe|declare_component)\(|unsafe_allow_html|components\.v[12]"
    )
    found = [
        f"{path.relative_to(ROOT)}: {call[0]}"
        for path in _tracked("dashboard/*.py", "pages/*.py", "app.py")
        for call in named.finditer(path.read_text("utf-8"))
    ]

    assert not found


def test_text_is_printed_by_the_function_that_makes_it_visible() -> None:
    """Names from Harvest may hold what a terminal obeys: see `harvest_client.terminal`."""
    printed = re.compile(r"(?<![\w.])print\(|sys\.stdout\.write\(")
    found = [
        path.name
        for path in _tracked("dashboard/*.py", "harvest_client/*.py", "app.py", "pages/*.py")
        for line in path.read_text("utf-8").splitlines()
        if printed.search(line) and "python -c" not in line
    ]

    # The demo's server says where it is.
    assert sorted(set(found)) == ["serve.py", "terminal.py"]
