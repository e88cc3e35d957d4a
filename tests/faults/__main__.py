"""Apply each seeded fault to a copy of the tree and report the test that catches it.

`python -m tests.faults [--jobs 2] [--write] [NAME or AREA ...]`. A fault is caught if a test of its
`tests` fails; the run of a fault ends with its first failure. `--write` updates `docs/faults.md`.
The exit code is the number of faults that no test caught.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.faults import ROOT, Fault, load_faults

PAGE = ROOT / "docs" / "faults.md"
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
    parser.add_argument("--write", action="store_true", help="write docs/faults.md")
    options = parser.parse_args()
    faults = [
        fault
        for fault in load_faults()
        if not options.names or {fault.name, fault.area} & set(options.names)
    ]
    outcomes = []
    for outcome in apply_faults(faults, options.jobs):
        verdict = f"caught by {outcome.caught_by}" if outcome.caught_by else "NOT CAUGHT"
        print(f"{outcome.fault.name}: {verdict} ({outcome.seconds:.0f} s)", flush=True)
        outcomes.append(outcome)
    missed = sum(not outcome.caught_by for outcome in outcomes)
    print(f"{len(outcomes) - missed} of {len(outcomes)} caught")
    if options.write:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    return missed


def apply_faults(faults: list[Fault], jobs: int) -> Iterator[Outcome]:
    """Yield outcomes in the order of `faults`; each job has a copy of the tree of its own."""
    with TemporaryDirectory(prefix="faults-") as directory, ThreadPoolExecutor(jobs) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            trees.put(_copy_tree(Path(directory) / str(job)))

        def run(fault: Fault) -> Outcome:
            tree = trees.get()
            try:
                return _run(fault, tree)
            finally:
                trees.put(tree)

        yield from pool.map(run, faults)


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


def _run(fault: Fault, tree: Path) -> Outcome:
    path = tree / fault.file
    text = path.read_text("utf-8")
    began = time.monotonic()
    path.write_text(text.replace(fault.before, fault.after), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *fault.tests]
        result = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    finally:
        path.write_text(text, encoding="utf-8")
    found = _FAILED.search(result.stdout)
    if result.returncode not in (0, 1) or (result.returncode and not found):
        raise RuntimeError(f"{fault.name}: pytest ended with {result.returncode}\n{result.stdout}")
    caught_by = found[1].partition("[")[0] if found else ""
    return Outcome(fault, caught_by, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
