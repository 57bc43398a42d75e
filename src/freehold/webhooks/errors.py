"""What can go wrong with webhooks, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, Missing, failing
from freehold.base.scalars import WEBHOOK_URL
from freehold.users.errors import IdTaken


class NoSuchWebhookEndpoint(Missing):
    """There is no such endpoint of this organization, or of the platform."""

    code = "no_such_webhook_endpoint"
    title = "This webhook endpoint does not exist"
    explanation = "This webhook endpoint does not exist: it was deleted, or belongs to somebody else"


class NoSuchDelivery(Missing):
    """The endpoint has no such delivery, or not any more."""

    code = "no_such_delivery"
    title = "This delivery does not exist"
    explanation = "This delivery does not exist: it belongs to another endpoint, or was dropped because it is old"


class TooManyWebhookEndpoints(Conflict):
    """Whose endpoints they are has as many as there can be."""

    code = "too_many_webhook_endpoints"
    title = "You have reached the limit of 50 webhook endpoints: delete one first"


class WebhookEndpointDisabled(Conflict):
    """Nothing is sent to an endpoint that is disabled."""

    code = "webhook_endpoint_disabled"
    title = "This webhook endpoint is disabled: enable it first"


class ReplayTooLong(Conflict):
    """The span holds more events than one replay sends."""

    code = "replay_too_long"
    title = "This span has more than 10,000 events: replay it in shorter ones"


class WebhookUrlRefused(Conflict):
    """No message can ever go where the URL leads, as this installation is set."""

    code = "webhook_url_refused"
    title = (
        "Webhooks cannot reach this URL: it must lead to a public address with https://, or into a network that "
        "FREEHOLD_WEBHOOK_NETWORKS names"
    )


class UnknownEvent(Conflict):
    """Freehold has no such action, so the endpoint would never receive it."""

    code = "unknown_event"
    title = "There is no such event"


MEANINGS: Final[dict[str, Meaning]] = {
    "webhook_endpoints_pkey": IdTaken,
    "webhook_endpoints_organization_id_fkey": Missing,
    "webhook_endpoints_url_check": failing("/url", WEBHOOK_URL.code, WEBHOOK_URL.says),
    "webhook_endpoints_events_check": failing("/events", "too_many", "must have at most 100 entries"),
    "webhook_endpoints_status_check": failing("/status", "invalid_choice", "must be one of: enabled, disabled"),
    "webhook_endpoints_secret_check": failing("", "invalid_token", "must have an old secret and the time it expires"),
}
