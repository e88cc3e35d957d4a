"""The scan of the repository for secrets, as `make check` runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT


def scan(path: Path) -> int:
    return subprocess.run(
        [
            sys.executable, "-m", "detect_secrets.pre_commit_hook", "-n", "--baseline",
            str(ROOT / ".secrets.baseline"), str(path),
        ],
        capture_output=True, timeout=60, check=False,
    ).returncode  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "key = 'ghp_" + "Ab1" * 12 + "'",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "HARVEST_CLIENT_SEC" + "RET = " + repr("Zk3xQ9wLmN8rT2"),
    ],
    ids=["token", "key", "setting"],
)
def test_a_secret_in_a_file_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.py"
    path.write_text(f"{text}\n", "utf-8")
    assert scan(path) == 1

    path.write_text("name = 'Ada'\n", "utf-8")
    assert scan(path) == 0
