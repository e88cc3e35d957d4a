"""Rules of the house that no tool checks."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

from tests import code_figures

ROOT = Path(__file__).parents[1]


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


MODULES = code_figures.read_modules()

# Modules under 40 lines with one importer, each with the reason why it is apart.
SMALL = {
    "harvest_demo.server.airbyte": "public names of a package",
}
# Functions that begin with no verb and no term are allowed in other packages only.
ONE_WORD_SHARE = 0.45


def test_modules_have_at_most_800_lines() -> None:
    long = {module.name: module.lines for module in MODULES if module.lines > code_figures.LONGEST}

    assert not long


def test_small_modules_belong_to_their_importer() -> None:
    assert set(code_figures.find_small(MODULES)) == set(SMALL)


def test_summaries_start_with_a_verb_or_a_term() -> None:
    assert not code_figures.find_question_summaries(MODULES)


def test_most_functions_are_named_by_more_than_one_word() -> None:
    assert code_figures.one_word_share(MODULES) <= ONE_WORD_SHARE


def test_no_module_is_named_utils_or_helpers() -> None:
    names = {module.path.stem for module in MODULES}

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


# What writes to a terminal or a log, with the modules that may: all others call those.
SINKS = {
    "print": {"terminal.py"},
    "sys.stdout.write": set(),
    "sys.stdout.writelines": set(),
    "sys.stdout.buffer.write": {"terminal.py"},
    "sys.stderr.write": {"terminal.py"},
    "sys.stderr.writelines": set(),
    "sys.stderr.buffer.write": set(),
    "sys.__stdout__.write": set(),
    "sys.__stderr__.write": set(),
    "os.write": set(),
    "traceback.print_exc": set(),
    "traceback.print_exception": set(),
    "argparse.ArgumentParser": set(),
    "logging.StreamHandler": set(),
    "logging.FileHandler": set(),
    "logging.basicConfig": {"running.py"},  # its handler is one that `install_redaction` changes
}


def _product() -> list[Path]:
    return [module.path for module in MODULES]


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_text_for_terminals_and_logs_goes_through_the_functions_that_make_it_visible() -> None:
    """Names from Harvest may hold what a terminal obeys: see `harvest_client.terminal`."""
    found: dict[str, set[str]] = {name: set() for name in SINKS}
    for path in _product():
        for call in _calls(path):
            name = ast.unparse(call.func)
            if name in SINKS:
                found[name].add(path.name)
            held = re.fullmatch(r"(?:self\.)?_?out(?:put)?\.(?:buffer\.)?write", name)
            assert not held, f"{path.name}: {name} may be a terminal"

    assert {name: found[name] - allowed for name, allowed in SINKS.items()} == {
        name: set() for name in SINKS
    }
    assert found["print"] == {"terminal.py"}  # the search finds what there is


def test_no_process_ends_with_a_text_that_is_printed_as_it_is() -> None:
    found = [
        f"{path.name}: {ast.unparse(call)}"
        for path in _product()
        for call in _calls(path)
        if ast.unparse(call.func) in ("sys.exit", "exit", "SystemExit")
        and not all(
            isinstance(one, ast.Constant)
            and isinstance(one.value, int)
            or ast.unparse(one) == "main()"
            for one in call.args
        )
    ]

    assert not found


def test_every_process_of_ours_makes_its_log_visible_first() -> None:
    entries = [path for path in _product() if path.name == "__main__.py" or path == ROOT / "app.py"]

    assert {str(path.relative_to(ROOT)) for path in entries} == {
        "app.py", "dashboard/__main__.py", "harvest_client/__main__.py",
    }  # fmt: skip
    for path in entries:
        body: list[ast.stmt] = ast.parse(path.read_text("utf-8")).body
        if path.name == "__main__.py":
            (guarded,) = [node for node in body if isinstance(node, ast.If)]
            body = guarded.body
        passive = (ast.Import, ast.ImportFrom)
        does = [node for node in body[1 if path.name == "app.py" else 0 :]
                if not isinstance(node, passive)]  # fmt: skip
        assert ast.unparse(does[0]) == "install_redaction()", path
