"""The ways to pay of this installation, built from plain values."""

from __future__ import annotations

from matinee.payments.counter import CounterProvider
from matinee.payments.demo import DemoProvider
from matinee.payments.free import FreeProvider
from matinee.payments.protocol import PaymentProvider
from matinee.payments.stripe_checkout import STRIPE_API_BASE, StripeCheckout


def build_providers(
    *,
    base_url: str,
    secret_key: str,
    demo: bool = False,
    stripe_secret_key: str = "",
    stripe_webhook_secret: str = "",
    stripe_api_base: str = STRIPE_API_BASE,
) -> dict[str, PaymentProvider]:
    """Each way to pay by its name: free and counter always, the others where they are set up.

    Opens no connection. Raises DemoNotHere where demo payments are asked for and `base_url` is not this machine.
    """
    providers: list[PaymentProvider] = [FreeProvider(), CounterProvider()]
    if demo:
        providers.append(DemoProvider(base_url=base_url, secret_key=secret_key))
    if stripe_secret_key and stripe_webhook_secret:
        providers.append(
            StripeCheckout(
                secret_key=stripe_secret_key,
                webhook_secret=stripe_webhook_secret,
                api_base=stripe_api_base,
            )
        )
    return {provider.name: provider for provider in providers}
