"""Ask whether a locked package has a known vulnerability: `python -m config.services.audit`.

The answer needs a service on the internet. Where that knows nothing, pip-audit still reports success; here it is said
as loudly as it deserves, and is no failure, because nothing about the packages was found out.
"""

import json
import subprocess
import sys
from typing import Any

from config.services.paths import ROOT

LOCKED = ROOT / "requirements.lock"
TIMEOUT_SECONDS = 5


def main() -> int:
    """Report each vulnerability and return 1, or return 0 where none is known or nobody could be asked."""
    question = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCKED), "--disable-pip", "--no-deps"]
    options = ["--format", "json", "--progress-spinner", "off", "--timeout", str(TIMEOUT_SECONDS)]
    answer = subprocess.run([*question, *options], capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except ValueError:
        packages = []
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        print("SKIPPED: the vulnerability service is out of reach, so NO package was audited.", file=sys.stderr)
        return 0
    if len(asked) < len(packages):
        print(f"NOT AUDITED: {len(packages) - len(asked)} of {len(packages)} packages are unknown to the service.")
    found = [(package, fault) for package in asked for fault in package["vulns"]]
    for package, fault in found:
        remedy = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}, mended in {remedy}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
