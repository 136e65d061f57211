"""The command that checks proofs against the vectors of transparency-dev/merkle (RFC 6962).

Source of the vectors: transparency-dev/merkle, commit 417fb0c, testdata (Apache-2.0)
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from validation.data import PGX
from validation.figures import Figure, at_least, show

VECTORS = PGX.parent / "trust" / "merkle_rfc6962"


def main() -> int:
    """Print how many vectors are judged rightly; return 1 where one is not."""
    files = sorted(VECTORS.glob("*/*/*.json"))
    command = [str(Path(sys.executable).with_name("garrod")), "audit", "proof", "--check"]
    ran = subprocess.run([*command, *map(str, files)], capture_output=True, check=False)
    said = {one["file"]: one["valid"] for one in map(json.loads, ran.stdout.splitlines())}
    wanted = {str(f): not json.loads(f.read_bytes())["wantErr"] for f in files}
    right = sum(said.get(file) is is_valid for file, is_valid in wanted.items())
    figures = [
        at_least("RFC 6962 vectors judged rightly", right, len(files), 100),
        Figure("of them, those that must not hold", f"{sum(not v for v in wanted.values())}"),
        Figure("exit code of the command", str(ran.returncode), "0", ran.returncode == 0),
    ]
    return show("Audit: proofs of inclusion and consistency", figures)
