"""No secret is committed, none is taken by an option, and none has a usual value."""

import math
import re
from collections import Counter

from tests.house.source_tree import ROOT, SRC, committed, modules, place

KINDS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "token of a forge": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20})\b",
    "key of a service": r"\b(?:sk|rk)_live_\w{20,}|\bsk-[A-Za-z0-9_-]{40,}|\bxox[abprs]-[\w-]{10,}",
    "token of an index": r"\bpypi-AgE[\w-]{50,}|\bnpm_[A-Za-z0-9]{36}\b",
    "private JWK": r'"d"\s*:\s*"[\w-]{40,}"',
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "address with a password": r"\b[a-z][a-z0-9+]{2,20}://[^\s/:@\"'{}<>…]+:[^\s/@\"'{}<>…]{3,}@[\w.]",
}  # fmt: skip
NAMED = re.compile(
    r"""(?i)\b\w*(?:secret|password|passwd|api_?key|access_?key|auth_?token)\b\s*[:=]\s*["']([^"'\s]{16,})["']"""
)
MADE_UP = {  # what looks like a secret and is none, each with why
    "tests/house/test_secrets.py": "the patterns themselves, and what they are tried on",
    "tests/acceptance/test_database_faults.py": "made-up passwords, which must not be repeated",
}
RANDOM = 3.6  # Not clinical: bits a letter, from which a word looks like chance


def found_in(text: str) -> list[str]:
    """Return what of a text looks like a secret, by kind."""
    found = [kind for kind, pattern in KINDS.items() if re.search(pattern, text)]
    found += ["named" for m in NAMED.finditer(text) if entropy(m[1]) >= RANDOM]
    return found


def entropy(word: str) -> float:
    counts = Counter(word)
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts.values())


def test_what_looks_like_a_secret_is_found() -> None:
    planted = (
        "-----BEGIN EC PRIVATE KEY-----",
        "AKIA" + "Q3EXAMPLE4KEY7AB",
        "ghp_" + "a1B2" * 9,
        '"d": "' + "Zk3v_9Qx" * 6 + '"',
        "postgresql://garrod:hunter22@db.example/garrod",
        'client_secret = "' + "q9XzT4mLw8RbV2nC" + '"',
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0." + "a1B2c3D4" * 4,
    )
    assert [text for text in planted if not found_in(text)] == []
    for plain in ("password = ''", "secret: str", 'token = "token-of-the-tests"', "a:b@c"):
        assert found_in(plain) == []


def test_nothing_committed_looks_like_a_secret() -> None:
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if place(path) not in MADE_UP:
            found += [f"{place(path)}: {kind}" for kind in found_in(text)]
    assert found == []


def test_no_file_of_keys_is_committed() -> None:
    endings = (".pem", ".key", ".p12", ".pfx", ".jks", ".env", ".kdbx")
    named = {"token", "id_rsa", "id_ed25519", ".netrc", ".pypirc", ".npmrc"}
    found = [
        place(p) for p in committed() if p.name.endswith(endings) or p.name in named
    ]  # fmt: skip
    assert found == []


def test_no_option_of_a_command_takes_a_secret() -> None:
    """Whoever lists the processes of a machine reads what stands on their command lines."""
    options = [
        (place(path), option)
        for path in modules(SRC / "entry" / "cli")
        for option in re.findall(r'"(--[a-z-]+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(options) > 50
    wrong = [o for o in options if re.search(r"secret|password|token|passphrase", o[1])]
    assert wrong == []


def test_no_secret_has_a_usual_value() -> None:
    pattern = (
        r"""environ(?:ment)?(?:\.get\(|\[)"GARROD_\w*(?:TOKEN|SECRET|KEY)\w*"(?:,\s*"([^"]*)")?"""
    )
    usual = [
        (place(path), value)
        for path in modules(SRC)
        for value in re.findall(pattern, path.read_text(encoding="utf-8"))
    ]
    assert usual
    assert [u for u in usual if u[1]] == []


def test_secrets_are_named_as_such_on_the_page_of_settings() -> None:
    page = (ROOT / "docs" / "security" / "settings.md").read_text(encoding="utf-8")
    for line in page.splitlines():
        if re.match(r"\| `GARROD_\w*(TOKEN|SECRET|_KEY)\w*`", line):
            assert "secret" in line.lower(), line
