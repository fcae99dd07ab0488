"""What the faces do with webhooks: subscribe, test, look at what was sent, send it again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from mmhub_desktop.credentials import Secrets
from mmhub_desktop.domain.ids import AccountId, SubscriptionId
from mmhub_desktop.domain.webhook import AVAILABLE, EVENT_TYPES, Message, MessageState, Subscription
from mmhub_desktop.errors import CredentialError, UserMistake
from mmhub_desktop.events import Bus, WebhooksChanged
from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK, WEBHOOKS_PER_SECOND, Settings
from mmhub_desktop.store.outbox import OutboxStore, Outcome
from mmhub_desktop.webhooks.delivering import Deliverer
from mmhub_desktop.webhooks.posting import Answer, Poster, check_url, has_route
from mmhub_desktop.webhooks.signature import check_secret, new_secret, sign

GRACE_S = 2.0  # for messages that are due when the workspace is closed


class Webhooks:
    """The webhooks of one workspace, for the loop. ``outbox`` reads subscriptions, messages and their log."""

    def __init__(
        self,
        outbox: OutboxStore,
        bus: Bus,
        settings: Settings,
        *,
        secrets: Callable[[], Awaitable[Secrets]],
        workspace_id: Callable[[], Awaitable[str]],
        clock: Clock | None = None,
        network: Callable[[], bool] = has_route,
    ) -> None:
        """``secrets`` opens the place for secrets, where each lies under a name with ``workspace_id``."""
        self.outbox = outbox
        self._bus = bus
        self._secrets = secrets
        self._workspace_id = workspace_id
        self._clock = clock or SystemClock()
        self._http: asyncio.Task[httpx.AsyncClient] | None = None
        self._poster = Poster(self._client, lambda: settings.get(WEBHOOKS_ALLOW_LOCAL_NETWORK), network=network)
        self._deliverer = Deliverer(
            outbox,
            self._post,
            bus,
            self._clock,
            lambda: float(settings.get(WEBHOOKS_PER_SECOND)),
            random.Random(),  # noqa: S311 - spreads retries
        )

    async def start(self) -> None:
        """Begin delivering."""
        await self._deliverer.start()

    async def stop(self) -> None:
        """Give what is due two more seconds, then stop. What has no answer by then is sent again after the start."""
        await self._deliverer.stop(GRACE_S)
        if self._http is not None:
            await (await self._http).aclose()
            self._http = None

    async def wait_idle(self) -> None:
        """Wait until everything that is due now has been tried."""
        self._deliverer.wake()
        await self._deliverer.wait_idle()

    async def add(
        self,
        url: str,
        event_types: Sequence[str],
        account_ids: Sequence[AccountId] = (),
        secret: str = "",
        tags: Sequence[str] = (),
    ) -> Subscription:
        """Subscribe; with a new secret where none is given. CredentialError when the secret cannot be kept."""
        wanted = Subscription(
            SubscriptionId(0), check_url(url), check_types(event_types), tuple(account_ids), tuple(tags), active=False
        )
        kept = check_secret(secret) if secret.strip() else new_secret()
        subscription = await self.outbox.add(wanted)
        try:
            await (await self._secrets()).put({await self._secret_name(subscription.id): kept})
        except BaseException:
            await self.outbox.remove(subscription.id)
            raise
        return await self.change(replace(subscription, active=True))

    async def change(self, subscription: Subscription) -> Subscription:
        """Keep a subscription's new address, types, accounts or state. Active again, it is no longer disabled."""
        checked = replace(
            subscription,
            url=check_url(subscription.url),
            event_types=check_types(subscription.event_types),
            disabled_because="" if subscription.active else subscription.disabled_because,
        )
        await self.outbox.save(checked)
        await self._changed(checked.id)
        return checked

    async def set_active(self, sub_id: SubscriptionId, active: bool) -> Subscription:
        """Switch on or off. Off, nothing is recorded any more and what waits is dropped."""
        return await self.change(replace(await self.outbox.subscription(sub_id), active=active))

    async def pause(self, sub_id: SubscriptionId, paused: bool) -> Subscription:
        """Hold messages back, or send what has gathered."""
        return await self.change(replace(await self.outbox.subscription(sub_id), paused=paused))

    async def remove(self, sub_id: SubscriptionId) -> None:
        """Forget a subscription, its secret, its messages and their log."""
        await (await self._secrets()).delete([await self._secret_name(sub_id)])
        await self.outbox.remove(sub_id)
        await self._changed(sub_id)

    async def secret(self, sub_id: SubscriptionId) -> str:
        """The secret that the receiver checks signatures with. CredentialError when it cannot be read."""
        found = await (await self._secrets()).get(await self._secret_name(sub_id))
        if found is None:
            raise CredentialError(
                "The secret of this webhook is missing.", hint="Replace it and give the receiver the new one."
            )
        return found

    async def replace_secret(self, sub_id: SubscriptionId, secret: str = "") -> str:
        """Use another secret from now on, a new one where none is given; returns it."""
        kept = check_secret(secret) if secret.strip() else new_secret()
        await (await self._secrets()).put({await self._secret_name(sub_id): kept})
        await self._changed(sub_id)
        return kept

    async def test(self, sub_id: SubscriptionId) -> Message:
        """Send a ``webhook.test`` now, once, whatever the subscription's state; the message with the answer."""
        subscription = await self.outbox.subscription(sub_id)
        message = await self.outbox.add_test(sub_id, datetime.fromtimestamp(self._clock.now(), UTC))
        answer = await self._post(subscription, message)
        state = MessageState.DELIVERED if answer.attempt.succeeded else MessageState.FAILED
        await self.outbox.settle([Outcome(message.id, answer.attempt, state, 1)])
        self._bus.publish(WebhooksChanged((sub_id,)))
        return await self.outbox.message(message.id)

    async def redeliver(self, message_id: int) -> None:
        """Send a message again, with the same id and body, after what waits before it."""
        message = await self.outbox.message(message_id)
        if not (await self.outbox.subscription(message.subscription_id)).active:
            raise UserMistake("This webhook is switched off.", hint="Switch it on first.")
        await self.outbox.redeliver(message_id, datetime.fromtimestamp(self._clock.now(), UTC))
        await self._changed(message.subscription_id)

    async def _changed(self, sub_id: SubscriptionId) -> None:
        await self._deliverer.reload()
        self._bus.publish(WebhooksChanged((sub_id,)))

    async def _post(self, subscription: Subscription, message: Message) -> Answer:
        secret = await self.secret(subscription.id)
        body = message.payload.encode()
        at = self._clock.now()
        return await self._poster.post(subscription.url, body, sign(secret, message.event_id, int(at), body), at)

    async def _secret_name(self, sub_id: SubscriptionId) -> str:
        return f"webhook.{await self._workspace_id()}.{sub_id}"

    async def _client(self) -> httpx.AsyncClient:
        """Made in a thread at the first message: it reads the certificates."""
        if self._http is None:
            self._http = asyncio.create_task(asyncio.to_thread(open_client), name="open the HTTP client of webhooks")
        return await asyncio.shield(self._http)


def check_types(names: Sequence[str]) -> tuple[str, ...]:
    """Event types in the order of the table, each once; UserMistake when there is none or one is not to be had."""
    unknown = [name for name in names if name not in AVAILABLE]
    if unknown:
        later = {kind.name for kind in EVENT_TYPES} - set(AVAILABLE)
        why = "does not come in this version" if unknown[0] in later else "is no event type"
        raise UserMistake(f"“{unknown[0]}” {why}.", hint="Choose from: " + ", ".join(AVAILABLE) + ".")
    if not names:
        raise UserMistake("No events are chosen.", hint="Choose at least one event that the receiver is told of.")
    return tuple(name for name in AVAILABLE if name in names)
