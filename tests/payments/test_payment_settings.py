"""Settings of payments: a wrong one stops the start with a sentence, and without the secret."""

from __future__ import annotations

import pytest

from matinee.settings import Settings, WrongSettings, read_settings

STRIPE = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"MATINEE_{name}", value)
    return read_settings()


def test_without_settings_there_is_neither_play_money_nor_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert settings.demo_payments == "off"
    assert (settings.stripe_secret_key, settings.stripe_webhook_secret) == ("", "")
    assert settings.stripe_api_base == "https://api.stripe.com"


@pytest.mark.parametrize(
    "values",
    [
        {"DEMO_PAYMENTS": "on"},
        {"DEMO_PAYMENTS": "on", "BASE_URL": "http://localhost:9000"},
        {"DEMO_PAYMENTS": "off", "BASE_URL": "https://tickets.example.org"},
        STRIPE,
        {**STRIPE, "STRIPE_SECRET_KEY": "rk_live_1"},
        {**STRIPE, "STRIPE_API_BASE": "http://127.0.0.1:12111"},
        {**STRIPE, "STRIPE_API_BASE": "https://proxy.example.org/stripe"},
    ],
)
def test_what_fits_together_is_taken(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    read(monkeypatch, **values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"DEMO_PAYMENTS": "on", "BASE_URL": "https://tickets.example.org"},
            "MATINEE_DEMO_PAYMENTS must be off where MATINEE_BASE_URL is another machine.",
        ),
        ({"DEMO_PAYMENTS": "yes"}, "MATINEE_DEMO_PAYMENTS input should be 'on' or 'off'"),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "MATINEE_STRIPE_WEBHOOK_SECRET and MATINEE_STRIPE_SECRET_KEY must"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_1"}, "must be set together, or neither"),
        ({**STRIPE, "STRIPE_SECRET_KEY": "pk_live_1"}, "MATINEE_STRIPE_SECRET_KEY must be a secret or restricted"),
        ({**STRIPE, "STRIPE_WEBHOOK_SECRET": "sk_live_1"}, "MATINEE_STRIPE_WEBHOOK_SECRET must be the signing"),
        ({"STRIPE_API_BASE": "http://api.stripe.com"}, "MATINEE_STRIPE_API_BASE must be an https address"),
        ({"STRIPE_API_BASE": "http://localhost.example.org"}, "MATINEE_STRIPE_API_BASE must be an https address"),
        ({"STRIPE_API_BASE": "ftp://127.0.0.1"}, "MATINEE_STRIPE_API_BASE must be an https address"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], said: str
) -> None:
    with pytest.raises(WrongSettings) as wrong:
        read(monkeypatch, **values)
    assert str(wrong.value).startswith("MATINEE_")
    assert said in str(wrong.value)
    assert len(str(wrong.value).splitlines()) == 1
    for secret in ("sk_test_1", "pk_live_1", "sk_live_1", "whsec_1"):
        assert secret not in str(wrong.value)


def test_a_wrong_base_url_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings, match=r"\AMATINEE_BASE_URL must look like \S+\Z"):
        read(monkeypatch, BASE_URL="ftp://x", DEMO_PAYMENTS="on")
