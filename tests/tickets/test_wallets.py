"""Tickets in the wallets of phones, with keys and certificates made here"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from PIL import Image

from matinee.db.transaction import Transactions
from matinee.settings import Settings, WrongSettings, read_settings
from matinee.tickets.shown import ShownTicket, shown_tickets_of
from matinee.tickets.wallets.apple import AppleWallet, load_apple_wallet
from matinee.tickets.wallets.google import load_google_wallet
from matinee.tickets.wallets.offered import Wallets, apple_wallet, google_wallet
from tests.building import on_one_database
from tests.tickets.conftest import Sale, store_sale
from tests.tickets.seals import genuine_ids, seal

BASE = "https://tickets.odeon.example"
NOW = datetime.now(UTC)
ISSUER = "3388000000012345678"


@dataclass
class Keys:
    """Files as a cinema gets them from Apple and Google."""

    folder: Path
    certificate: Path
    key: Path
    wwdr: Path
    google: Path
    google_public: Any

    def apple(self, **changes: str) -> dict[str, str]:
        """The settings, by their names without the beginning."""
        return {
            "certificate": str(self.certificate),
            "key": str(self.key),
            "key_password": "s3cret",
            "type_id": "pass.example.odeon",
            "team_id": "ABCDE12345",
            "wwdr": str(self.wwdr),
            **changes,
        }


def certificate(
    subject: str, key: Any, issuer: str, issuer_key: Any, *, is_authority: bool
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(issuer_key, SHA256())
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    own, authority, google = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)
    )
    wwdr = certificate("WWDR", authority, "WWDR", authority, is_authority=True)
    signer = certificate("Pass Type ID: pass.example.odeon", own, "WWDR", authority, is_authority=False)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    made = Keys(
        folder, folder / "pass.pem", folder / "pass.key", folder / "wwdr.cer", folder / "google.json",
        google.public_key(),
    )  # fmt: skip
    made.certificate.write_bytes(signer.public_bytes(pem))
    made.key.write_bytes(own.private_bytes(pem, form, serialization.BestAvailableEncryption(b"s3cret")))
    # As Apple hands it out.
    made.wwdr.write_bytes(wwdr.public_bytes(serialization.Encoding.DER))
    (folder / "wwdr.pem").write_bytes(wwdr.public_bytes(pem))
    made.google.write_text(
        json.dumps(
            {
                "client_email": "wallet@odeon.iam.gserviceaccount.com",
                "private_key": google.private_bytes(pem, form, plain).decode(),
            }
        )
    )
    return made


@pytest.fixture
def shown(transactions: Transactions) -> ShownTicket:
    """A ticket for A2."""

    def store(session: Any) -> ShownTicket:
        order_id = store_sale(session, Sale(title="Амелі", labels=("A2",), certificate="12+"))
        return shown_tickets_of(session, order_id=order_id)[0]

    return transactions.write(store)


def wallet(keys: Keys, **changes: str) -> AppleWallet:
    made = apple_wallet(**keys.apple(**changes))
    assert made is not None
    return made


@on_one_database
def test_a_pass_is_whole_and_signed_by_the_certificate_of_its_type(keys: Keys, shown: ShownTicket) -> None:
    archive = zipfile.ZipFile(BytesIO(wallet(keys).pkpass(shown, language="en", base_url=BASE, seal=seal)))
    files = {name: archive.read(name) for name in archive.namelist()}
    sums = json.loads(files["manifest.json"])
    assert sums.keys() == files.keys() - {"manifest.json", "signature"}
    for name, told in sums.items():
        assert hashlib.sha1(files[name]).hexdigest() == told
    for name, pixels in (("icon.png", 29), ("icon@2x.png", 58), ("icon@3x.png", 87)):
        assert Image.open(BytesIO(files[name])).size == (pixels, pixels)
    check_signature(keys, files["manifest.json"], files["signature"])
    check_signature(keys, files["manifest.json"] + b" ", files["signature"], good=False)


def check_signature(keys: Keys, manifest: bytes, signature: bytes, *, good: bool = True) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl on this machine: on Debian, apt install openssl")
    (keys.folder / "manifest").write_bytes(manifest)
    (keys.folder / "signature").write_bytes(signature)
    command = [
        program, "smime", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest",
        "-CAfile", "wwdr.pem", "-purpose", "any", "-out", "said",
    ]  # fmt: skip
    answer = subprocess.run(command, cwd=keys.folder, capture_output=True, text=True, check=False)
    assert (answer.returncode == 0) is good, answer.stderr


@on_one_database
def test_a_pass_says_what_the_ticket_says(keys: Keys, shown: ShownTicket) -> None:
    archive = zipfile.ZipFile(BytesIO(wallet(keys).pkpass(shown, language="uk", base_url=BASE, seal=seal)))
    told = json.loads(archive.read("pass.json"))
    assert (told["passTypeIdentifier"], told["teamIdentifier"]) == ("pass.example.odeon", "ABCDE12345")
    assert told["serialNumber"] == shown.id
    assert told["relevantDate"] == "2027-03-12T19:30+02:00"
    assert genuine_ids([told["barcodes"][0]["message"]]) == [shown.id]
    ticket = told["eventTicket"]
    assert ticket["primaryFields"][0]["value"] == "Амелі"
    assert "12 березня 2027, 19:30" in ticket["secondaryFields"][0]["value"]
    assert [field["value"] for field in ticket["auxiliaryFields"]] == ["Hall 1", "A", "2"]
    assert "K7WQ3MXT9P" in [field["value"] for field in ticket["backFields"]]


def test_passes_are_offered_while_their_certificate_is_taken(keys: Keys) -> None:
    wallets = Wallets(apple=wallet(keys))
    assert wallets.apple_at(NOW) is not None
    assert wallets.apple_at(NOW + timedelta(days=31)) is None
    assert Wallets().apple_at(NOW) is None


@on_one_database
def test_a_link_for_google_carries_the_ticket_signed(keys: Keys, shown: ShownTicket) -> None:
    google = google_wallet(key=str(keys.google), issuer_id=ISSUER)
    assert google is not None
    url = google.save_url(shown, language="en", base_url=BASE, seal=seal, now=NOW)
    assert url.startswith("https://pay.google.com/gp/v/save/")
    claims = jwt.decode(
        urlsplit(url).path.rpartition("/")[2], keys.google_public, algorithms=["RS256"], audience="google"
    )
    assert (claims["iss"], claims["typ"]) == ("wallet@odeon.iam.gserviceaccount.com", "savetowallet")
    (screening,) = claims["payload"]["eventTicketClasses"]
    (ticket,) = claims["payload"]["eventTicketObjects"]
    assert ticket["classId"] == screening["id"]
    assert all(each["id"].startswith(f"{ISSUER}.") for each in (screening, ticket))
    assert screening["eventName"]["defaultValue"] == {"language": "en", "value": "Амелі"}
    assert screening["dateTime"]["start"] == "2027-03-12T19:30:00+02:00"
    assert genuine_ids([ticket["barcode"]["value"]]) == [shown.id]
    assert ticket["seatInfo"]["row"]["defaultValue"]["value"] == "A"
    assert ticket["reservationInfo"]["confirmationCode"] == "K7WQ3MXT9P"
    # Longer ones are cut by some browsers and messengers.
    assert len(url) < 2100


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"wwdr": ""}, "are needed together"),
        ({"key": "nowhere.pem"}, "nowhere.pem cannot be read: No such file"),
        ({"key_password": "wrong"}, "no private key in PEM form that its password opens"),
        ({"key_password": ""}, "no private key in PEM form that its password opens"),
        ({"certificate": "wwdr"}, "is not the key of the certificate"),
        ({"certificate": "google"}, "google.json is no certificate"),
        ({"wwdr": "key"}, "pass.key is no certificate"),
    ],
)
def test_wrong_keys_of_apple_stop_the_start_with_a_sentence(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], fault: str
) -> None:
    changed = {name: str(getattr(keys, value, value)) for name, value in changes.items()}
    for name, value in keys.apple(**changed).items():
        monkeypatch.setenv(f"MATINEE_APPLE_PASS_{name.upper()}", value)
    with pytest.raises(WrongSettings) as refusal:
        read_settings()
    (sentence,) = str(refusal.value).splitlines()
    assert sentence.startswith(
        "MATINEE_APPLE_PASS_WWDR and the other MATINEE_APPLE_PASS_ settings do not work: "
    )
    assert fault in sentence
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    ("key", "issuer", "fault"),
    [
        ("", ISSUER, "are needed together"),
        ("google", "", "are needed together"),
        ("google", "odeon", "is a number"),
        ("wwdr", ISSUER, "no key of a service account"),
        ("nowhere", ISSUER, "cannot be read"),
    ],
)
def test_wrong_keys_of_google_stop_the_start_with_a_sentence(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, key: str, issuer: str, fault: str
) -> None:
    monkeypatch.setenv("MATINEE_GOOGLE_WALLET_KEY", str(getattr(keys, key or "-", key)))
    monkeypatch.setenv("MATINEE_GOOGLE_WALLET_ISSUER_ID", issuer)
    with pytest.raises(WrongSettings, match=fault):
        read_settings()


def test_without_keys_there_are_no_wallets_and_with_them_there_are(keys: Keys, tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).apple_pass_wwdr == ""
    assert apple_wallet(**dict.fromkeys(keys.apple(), "")) is None
    assert google_wallet(key="", issuer_id="") is None
    assert load_google_wallet(key=keys.google, issuer_id=ISSUER).account.startswith("wallet@")
    values = keys.apple()
    paths = {name: Path(values.pop(name)) for name in ("certificate", "key", "wwdr")}
    assert load_apple_wallet(**paths, **values).team_id == "ABCDE12345"  # type: ignore[arg-type]
    assert "s3cret" not in repr(load_apple_wallet(**paths, **values))  # type: ignore[arg-type]
