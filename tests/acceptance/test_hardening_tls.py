"""TLS as `garrod serve` speaks it: what is spoken, what is not, and which keys are not taken."""

import datetime as dt
import ipaddress
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.making.server import TOKEN, free_port
from tests.making.starting import ran

GARROD = str(Path(sys.executable).with_name("garrod"))
OWN = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Files:
    certificate: Path
    key: Path


def files_in(folder: Path) -> Files:
    """Return a certificate for this machine that nobody but these tests trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    found = Files(folder / "cert.pem", folder / "key.pem")
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.touch(mode=0o600)
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found


@dataclass(frozen=True)
class Running:
    base: str
    files: Files

    def client(self, **more: object) -> httpx.Client:
        trusting = ssl.create_default_context(cafile=str(self.files.certificate))
        for name, value in more.items():
            setattr(trusting, name, value)
        return httpx.Client(verify=trusting, timeout=30)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("tls")
    files, port = files_in(folder), free_port()
    command = [GARROD, "serve", "--port", str(port), "--data", str(folder / "data")]
    command += ["--tls-cert", str(files.certificate), "--tls-key", str(files.key)]
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, env={**os.environ, "GARROD_DEV_TOKEN": TOKEN}, stdout=written, stderr=written
        )
    found = Running(f"https://127.0.0.1:{port}", files)
    try:
        with found.client() as client:
            for _ in range(600):
                assert process.poll() is None, log.read_text()
                try:
                    client.get(f"{found.base}/health")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(30)


def test_record_is_served_over_tls_and_says_so(running: Running) -> None:
    with running.client() as client:
        told = client.get(f"{running.base}/fhir/Patient", headers=OWN)
        assert told.status_code == 200
        assert told.headers["strict-transport-security"] == "max-age=31536000"
        link = told.json()["link"][0]["url"]
        assert link.startswith(f"{running.base}/fhir/Patient")
        page = client.get(f"{running.base}/health")
        assert page.headers["strict-transport-security"]


def test_cookies_go_over_tls_alone(running: Running) -> None:
    log = (running.files.key.parent / "log").read_text()
    link = next(word for word in log.split() if "/sign-in?once=" in word)
    assert link.startswith(f"{running.base}/")
    with running.client() as client:
        told = client.get(link)
        cookie = told.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert {"secure", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}


def test_modern_ciphers_are_spoken(running: Running) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with running.client(minimum_version=version, maximum_version=version) as client:
            assert client.get(f"{running.base}/health").status_code == 200


@pytest.mark.parametrize("ciphers", ["AES128-SHA:AES256-SHA", "AES128-GCM-SHA256", "ECDHE+AES+SHA"])
def test_ciphers_without_secrecy_or_integrity_are_not(running: Running, ciphers: str) -> None:
    context = ssl.create_default_context(cafile=str(running.files.certificate))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    with httpx.Client(verify=context) as client, pytest.raises(httpx.ConnectError):
        client.get(f"{running.base}/health")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_not_spoken(running: Running, version: ssl.TLSVersion) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(running.files.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with httpx.Client(verify=context) as client, pytest.raises(httpx.ConnectError):
        client.get(f"{running.base}/health")


def test_plain_http_is_not_answered_there(running: Running) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(running.base.replace("https", "http") + "/health")


def refused(tmp_path: Path, *more: str) -> tuple[int, str]:
    done = ran("serve", "--port", free_port(), "--data", tmp_path / "d", *more)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o602])
def test_key_that_others_may_read_is_not_taken(tmp_path: Path, mode: int) -> None:
    files = files_in(tmp_path)
    files.key.chmod(mode)
    code, said = refused(
        tmp_path, "--tls-cert", str(files.certificate), "--tls-key", str(files.key)
    )
    assert code == 10
    assert "GARROD-TLS001" in said


def test_files_that_are_no_certificate_and_key_are_said(tmp_path: Path) -> None:
    files, other = files_in(tmp_path), tmp_path / "other"
    other.mkdir()
    another = files_in(other)
    for certificate, key in (
        (files.certificate, another.key),
        (files.key, files.key),
        (tmp_path / "none", files.key),
        (files.certificate, tmp_path / "none"),
    ):
        code, said = refused(tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key))
        assert (code, "GARROD-TLS002" in said) == (10, True)


def test_one_without_the_other_is_a_fault_of_usage(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    for option, path in (("--tls-cert", files.certificate), ("--tls-key", files.key)):
        code, said = refused(tmp_path, option, str(path))
        assert (code, "GARROD-USE012" in said) == (2, True)
