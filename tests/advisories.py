"""`python -m tests.advisories`: known weaknesses of the pinned packages, by pip-audit.

Exit code 1 where one is found. Where nobody can be asked, a line says so and the exit code is 0: a
check must not fail of the network.
"""

import json
import subprocess
import sys
from pathlib import Path

PINNED = Path(__file__).parents[1] / "requirements-dev.txt"
_PATIENCE = 60  # seconds for all packages


def main(arguments: list[str], pinned: Path = PINNED, patience: float = _PATIENCE) -> int:
    """`arguments` are pip-audit's, such as another service to ask."""
    try:
        ended = subprocess.run(
            [
                sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--timeout",
                "5", "--progress-spinner", "off", "-f", "json", "-r", str(pinned), *arguments,
            ],
            capture_output=True, text=True, timeout=patience, check=False,
        )  # fmt: skip
        packages = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        print("Known weaknesses were NOT looked up: the service did not answer.")
        return 0
    weak = [(one, known) for one in packages for known in one.get("vulns", [])]
    for one, known in weak:
        mended = ", ".join(known["fix_versions"]) or "no version yet"
        print(f"{one['name']} {one['version']}: {known['id']}, mended in {mended}")
    unknown = sum("skip_reason" in one for one in packages)
    if unknown:
        print(f"Known weaknesses of {unknown} of {len(packages)} packages were NOT looked up.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
