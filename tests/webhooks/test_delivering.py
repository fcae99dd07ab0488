"""Messages arrive: signed, in order, again when they were refused, never where they must not go."""

import time
from collections import Counter
from dataclasses import replace

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.webhook import AVAILABLE, MessageState
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK
from mmhub_desktop.webhooks.signature import sign
from tests.fakes.receiver import Receiver, open_receiver
from tests.webhooks.conftest import Office, product


async def test_a_message_is_signed_and_says_what_happened(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    product_id = await office.products.save(product())
    await office.webhooks.start()
    await office.turn()
    (delivery,) = receiver.deliveries
    secret = await office.webhooks.secret(subscription.id)
    headers = {name.casefold(): value for name, value in delivery.headers.items()}
    assert headers["webhook-timestamp"] == str(int(office.clock.now()))
    expected = sign(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), delivery.body)
    assert headers["webhook-signature"] == expected["webhook-signature"]
    event = delivery.event
    assert (event["type"], event["version"]) == ("product.imported", 1)
    assert event["data"]["product"] == {
        "id": product_id, "sku": "SKU-1", "title": "Lamp 1", "price": {"amount": "24.90", "currency": "EUR"},
        "quantity": 3, "status": "imported", "quality": event["data"]["product"]["quality"],
        "tags": [],
    }  # fmt: skip
    (message,) = await office.messages(subscription.id)
    assert message.state is MessageState.DELIVERED
    assert (message.log[0].status, message.log[0].reply) == (200, "thank you")


async def test_the_test_button_sends_now_what_the_standard_library_verifies(office: Office, receiver: Receiver) -> None:
    office.clock.now = time.time  # type: ignore[method-assign]  # the library compares with the real time
    subscription = await office.webhooks.add(receiver.url, ["product.updated"])
    await office.webhooks.pause(subscription.id, True)
    receiver.answers = [202]
    message = await office.webhooks.test(subscription.id)
    assert (message.state, message.log[0].status, message.log[0].reply) == (MessageState.DELIVERED, 202, "answer 202")
    (delivery,) = receiver.deliveries
    headers = {name.casefold(): value for name, value in delivery.headers.items()}
    secret = await office.webhooks.secret(subscription.id)
    assert Webhook(secret).verify(delivery.body.decode(), headers)["type"] == "webhook.test"


async def test_three_retries_with_growing_waits_then_it_is_given_up_and_told_once(
    office: Office, receiver: Receiver
) -> None:
    async with open_receiver() as other:
        broken = await office.webhooks.add(receiver.url, ["product.imported"])
        await office.webhooks.add(other.url, ["webhook.max_retries_exceeded"])
        receiver.answers = [500] * 8
        await office.products.save(product(1))
        await office.products.save(product(2))
        await office.webhooks.start()
        await office.turn()
        for wait, count in ((29, 2), (5, 4), (299, 4), (40, 6), (1_700, 6), (400, 8), (10_000, 8)):
            await office.turn(wait)
            assert len(receiver.deliveries) == count
        first, second = await office.messages(broken.id)
        assert (first.state, first.attempts) == (MessageState.FAILED, 4)
        assert [attempt.status for attempt in second.log] == [500] * 4
        ids = [delivery.headers["webhook-id"] for delivery in receiver.deliveries]
        assert sorted(ids) == sorted([first.event_id, second.event_id] * 4)
        assert len({delivery.headers["webhook-timestamp"] for delivery in receiver.deliveries}) > 3
        assert other.types == ["webhook.max_retries_exceeded"] * 2
        tales = {each.event["data"]["message"]["id"]: each.event["data"] for each in other.deliveries}
        assert set(tales) == {first.event_id, second.event_id}
        told = tales[first.event_id]
        assert told["error"] == {
            "type": "WebhookFailed", "code": "500", "message": "HTTP 500", "marketplace_response": "answer 500",
            "retry_count": 3,
        }  # fmt: skip
        assert [notice.level for notice in office.notices] == ["err"]
        assert "given up after 4 tries" in office.notices[0].message


async def test_an_unread_tale_of_a_lost_message_makes_no_further_tale(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, list(AVAILABLE))
    receiver.answers = [500] * 20
    await office.products.save(product())
    await office.webhooks.start()
    for _ in range(12):
        await office.turn(3_000)
    assert [message.event_type for message in await office.messages(subscription.id)] == [
        "product.imported", "webhook.max_retries_exceeded",
    ]  # fmt: skip


async def test_events_of_one_product_arrive_in_order_and_others_are_not_held_up(
    office: Office, receiver: Receiver
) -> None:
    await office.webhooks.add(receiver.url, ["product.imported", "product.updated", "product.deleted"])
    receiver.answers = [503]
    first = await office.products.save(product(1))
    await office.products.save(replace(product(1), id=first, quantity=9))
    await office.products.save(product(2))
    await office.products.delete([first])
    await office.webhooks.start()
    await office.turn()
    seen = [(each.event["type"], each.event["data"]["product"]["sku"]) for each in receiver.deliveries]
    assert sorted(seen) == [("product.imported", "SKU-1"), ("product.imported", "SKU-2")]
    await office.turn(40)
    assert [each.event["type"] for each in receiver.deliveries if each.event["data"]["product"]["sku"] == "SKU-1"] == [
        "product.imported", "product.imported", "product.updated", "product.deleted",
    ]  # fmt: skip


async def test_gone_for_good_switches_the_subscription_off(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    receiver.answers = [410] * 5
    for number in range(6):
        await office.products.save(product(number))
    await office.webhooks.start()
    await office.turn()
    await office.turn(10_000)
    assert len(receiver.deliveries) <= 4
    found = await office.outbox.subscription(subscription.id)
    assert not found.active
    assert "410" in found.disabled_because
    assert {message.state for message in await office.messages(subscription.id)} == {MessageState.DROPPED}
    assert [notice.level for notice in office.notices] == ["warn"]
    again = await office.webhooks.set_active(subscription.id, True)
    assert again.disabled_because == ""


async def test_redirects_are_not_followed(office: Office, receiver: Receiver) -> None:
    async with open_receiver() as elsewhere:
        subscription = await office.webhooks.add(receiver.url, ["product.imported"])
        receiver.answers = [web.Response(status=302, headers={"Location": elsewhere.url})]
        message = await office.webhooks.test(subscription.id)
        assert (message.state, message.log[0].status) == (MessageState.FAILED, 302)
        assert "redirects are not followed" in message.log[0].error
        assert elsewhere.deliveries == []


async def test_the_local_network_is_refused_unless_allowed(office: Office, receiver: Receiver) -> None:
    office.settings.set(WEBHOOKS_ALLOW_LOCAL_NETWORK, False)
    port = receiver.url.split(":")[2]
    for host in ("127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]"):
        subscription = await office.webhooks.add(f"http://{host}:{port}", ["product.imported"])
        message = await office.webhooks.test(subscription.id)
        assert "in the local network" in message.log[0].error, host
    assert receiver.deliveries == []


async def test_a_told_wait_is_kept(office: Office, receiver: Receiver) -> None:
    await office.webhooks.add(receiver.url, ["product.imported"])
    receiver.answers = [web.Response(status=429, headers={"Retry-After": "900"})]
    await office.products.save(product())
    await office.webhooks.start()
    await office.turn()
    await office.turn(880)
    assert len(receiver.deliveries) == 1
    await office.turn(30)
    assert len(receiver.deliveries) == 2


async def test_without_network_it_waits_and_no_try_is_counted(office: Office) -> None:
    office.online = False
    subscription = await office.webhooks.add("http://no-such-host.invalid/hook", ["product.imported"])
    await office.products.save(product())
    await office.webhooks.start()
    for _ in range(5):
        await office.turn(40)
    (message,) = await office.messages(subscription.id)
    assert (message.state, message.attempts, message.log) == (MessageState.PENDING, 0, ())
    assert len(office.notices) == 1
    async with open_receiver() as receiver:
        await office.webhooks.change(replace(await office.outbox.subscription(subscription.id), url=receiver.url))
        await office.turn(40)
        assert receiver.types == ["product.imported"]


async def test_a_host_that_does_not_exist_counts_while_the_network_is_there(office: Office) -> None:
    subscription = await office.webhooks.add("http://no-such-host.invalid/hook", ["product.imported"])
    await office.products.save(product())
    await office.webhooks.start()
    await office.turn()
    (message,) = await office.messages(subscription.id)
    assert message.attempts == 1
    assert message.log[0].error == "There is no such host. Check the address."


async def test_without_its_secret_nothing_is_sent_and_nothing_lost(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    office.secrets._values.clear()
    await office.products.save(product())
    await office.webhooks.start()
    await office.turn()
    (message,) = await office.messages(subscription.id)
    assert (message.state, message.attempts) == (MessageState.PENDING, 0)
    await office.webhooks.replace_secret(subscription.id)
    await office.turn()
    assert receiver.types == ["product.imported"]


async def test_paused_gathers_and_off_forgets(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    await office.webhooks.start()
    await office.webhooks.pause(subscription.id, True)
    await office.products.save(product(1))
    await office.turn(100)
    assert receiver.deliveries == []
    await office.webhooks.pause(subscription.id, False)
    await office.turn()
    assert len(receiver.deliveries) == 1
    await office.webhooks.set_active(subscription.id, False)
    await office.products.save(product(2))
    await office.webhooks.set_active(subscription.id, True)
    await office.turn(100)
    assert len(receiver.deliveries) == 1


async def test_redelivering_sends_the_same_message_again(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    await office.products.save(product())
    await office.webhooks.start()
    await office.turn()
    (message,) = await office.messages(subscription.id)
    await office.webhooks.redeliver(message.id)
    await office.turn()
    one, two = receiver.deliveries
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert one.body == two.body
    assert len((await office.outbox.message(message.id)).log) == 2


async def test_what_had_no_answer_when_the_program_ended_is_sent_again(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    await office.products.save(product())
    receiver.gate.clear()
    await office.webhooks.start()
    await receiver.arrived.wait()
    await office.webhooks._deliverer.stop(0)
    (message,) = await office.messages(subscription.id)
    assert (message.state, message.log) == (MessageState.PENDING, ())
    receiver.gate.set()
    await office.webhooks.start()
    await office.turn()
    one, two = receiver.deliveries
    assert one.headers["webhook-id"] == two.headers["webhook-id"]


async def test_a_weeks_backlog_is_sent_at_the_agreed_pace(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    ids = [await office.products.save(product(number)) for number in range(60)]
    office.settings.set("webhooks.per_second", 10)
    office.clock.advance(7 * 24 * 3600)
    await office.webhooks.start()
    began = office.clock.now()
    await office.turn()
    by_second = Counter(delivery.headers["webhook-timestamp"] for delivery in receiver.deliveries)
    assert max(by_second.values()) <= 11  # a second's edge may lie between two of them
    assert office.clock.now() - began >= 5.8
    assert receiver.most_at_once <= 4
    assert (await office.outbox.summary(subscription.id)).waiting == 0
    assert sorted(each.event["data"]["product"]["id"] for each in receiver.deliveries) == sorted(ids)


async def test_a_removed_subscription_leaves_nothing(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    await office.products.save(product())
    await office.webhooks.remove(subscription.id)
    assert await office.outbox.subscriptions() == []
    assert await office.outbox.messages(subscription.id) == []
    assert office.secrets._values == {}
    assert await office.products.save(replace(product(2), id=ProductId(0)))
