"""TLS as this server speaks it: 1.2 at the least, with forward secrecy, by a key that is kept.

Source: RFC 9325 (recommendations for TLS), 3.1.1, 4.2
"""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

from garrod.core.errors import InputError, UsageError

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"  # of TLS 1.2; those of 1.3 are all good


def context_of(certificate: str, key: str) -> ssl.SSLContext | None:
    """Return how TLS is spoken with a certificate and its key; None where neither is named.

    Raises: UsageError USE012 (one without the other), InputError TLS001 (a key that others may
    read), TLS002 (files that are no certificate and key).
    """
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise UsageError(
            "a certificate and its key belong together: --tls-cert FILE --tls-key FILE.",
            code="USE012",
        )
    _check_kept(Path(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise InputError(
            f"{certificate} and {key} are no certificate and its key, as PEM without a password "
            f"({type(error).__name__}).",
            code="TLS002",
        ) from error
    return context


def _check_kept(key: Path) -> None:
    """Raise InputError where a key cannot be read, or others may read or change it."""
    try:
        mode = key.stat().st_mode
    except OSError as error:
        raise InputError(f"{key}: cannot be read ({error.strerror}).", code="TLS002") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise InputError(
            f"{key}: others on this machine may read or change this key: chmod 600 it, and think "
            "of a new one.",
            code="TLS001",
        )


def _no_password() -> str:
    """Return no password: a server that asked for one at its start would wait for ever."""
    return ""
