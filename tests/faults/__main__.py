"""Apply each seeded fault to a copy of the tree and report the test that catches it.

`python -m tests.faults [--jobs 2] [--wide] [--write] [NAME or AREA ...]`. A fault is caught if a
test of its `tests` fails; the run of a fault ends with its first failure. `--wide` runs all tests
for a fault that its `tests` do not notice. Each test that failed must then pass without a fault.
`--write` updates `docs/faults.md`. The exit code is 1 if a fault was not caught.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.faults import ROOT, Fault, load_faults

PAGE = ROOT / "docs" / "faults.md"
# The tests of this package read the code that a fault changes, and fail with each.
_OTHERS = "--ignore=tests/faults"
_WIDER = ((_OTHERS, "-m", "not process"), (_OTHERS, "-m", "process"))
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one fault: the first failing test, empty if none failed, and wall seconds."""

    fault: Fault
    caught_by: str
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults or areas; all by default")
    parser.add_argument("--jobs", type=int, default=2, help="copies of the tree to work in")
    parser.add_argument("--wide", action="store_true", help="run all tests where `tests` all pass")
    parser.add_argument("--write", action="store_true", help="write docs/faults.md")
    options = parser.parse_args()
    if options.write and options.names:
        parser.error("--write needs the outcomes of all faults")
    faults = [
        fault
        for fault in load_faults()
        if not options.names or {fault.name, fault.area} & set(options.names)
    ]
    if not faults:
        parser.error(f"no fault and no area has a name of {options.names}")
    outcomes = []
    for outcome in apply_faults(faults, options.jobs, options.wide):
        verdict = f"caught by {outcome.caught_by}" if outcome.caught_by else "NOT CAUGHT"
        print(f"{outcome.fault.name}: {verdict} ({outcome.seconds:.0f} s)", flush=True)
        outcomes.append(outcome)
    missed = sum(not outcome.caught_by for outcome in outcomes)
    print(f"{len(outcomes) - missed} of {len(outcomes)} caught")
    if options.write:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    return int(missed > 0)


def apply_faults(faults: list[Fault], jobs: int, wide: bool = False) -> Iterator[Outcome]:
    """Yield outcomes in the order of `faults`; each job has a copy of the tree of its own.

    Raises:
        RuntimeError: if a test that failed with a fault fails without one, too.
    """
    with TemporaryDirectory(prefix="faults-") as directory, ThreadPoolExecutor(jobs) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            trees.put(_copy_tree(Path(directory) / str(job)))

        def run(fault: Fault) -> Outcome:
            tree = trees.get()
            try:
                return _run(fault, tree, wide)
            finally:
                trees.put(tree)

        catching = set()
        for outcome in pool.map(run, faults):
            catching.add(outcome.caught_by)
            yield outcome
        failing = _first_failure(trees.get(), sorted(catching - {""}))
        if failing:
            raise RuntimeError(f"fails without a fault: {failing}")


def page(outcomes: list[Outcome]) -> str:
    """Return the Markdown page with a row for each outcome."""
    caught = sum(bool(outcome.caught_by) for outcome in outcomes)
    lines = [
        "# Seeded faults",
        "",
        "Written by `python -m tests.faults --write`. Each row is a small fault, applied to",
        "a copy of the tree, and the first test that failed because of it.",
        f"{caught} of {len(outcomes)} were caught.",
        "",
        "| fault | area | consequence | caught by |",
        "|---|---|---|---|",
    ]
    for outcome in outcomes:
        fault = outcome.fault
        test = f"`{outcome.caught_by}`" if outcome.caught_by else "**nothing**"
        lines.append(f"| {fault.name} | {fault.area} | {fault.consequence} | {test} |")
    return "\n".join(lines) + "\n"


def _copy_tree(target: Path) -> Path:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


def _run(fault: Fault, tree: Path, wide: bool) -> Outcome:
    path = tree / fault.file
    text = path.read_text("utf-8")
    began = time.monotonic()
    path.write_text(text.replace(fault.before, fault.after), encoding="utf-8")
    try:
        caught_by = _first_failure(tree, fault.tests)
        for selection in _WIDER if wide else ():
            caught_by = caught_by or _first_failure(tree, selection)
    finally:
        path.write_text(text, encoding="utf-8")
    return Outcome(fault, caught_by, time.monotonic() - began)


def _first_failure(tree: Path, selection: Sequence[str]) -> str:
    """Return the first test of `selection` that fails, without parameters, or an empty string."""
    if not selection:
        return ""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *selection]
    # Pytest keeps what tests wrote in its last runs: up to 13 GB for each.
    with TemporaryDirectory(dir=tree.parent) as temporary:
        result = subprocess.run(
            command, cwd=tree, env=os.environ | {"TMPDIR": temporary},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    failure = _FAILED.search(result.stdout)
    if result.returncode and not failure:
        raise RuntimeError(f"pytest ended with {result.returncode}\n{result.stdout}{result.stderr}")
    return failure[1].partition("[")[0] if failure else ""


if __name__ == "__main__":
    sys.exit(main())
