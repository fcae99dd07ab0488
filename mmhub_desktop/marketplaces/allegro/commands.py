"""Allegro's commands: work on one or many offers under an id that the sender chooses.

A used id is answered 409, so a repeat does nothing twice. Ids are derived from the account, the day and what the
command does: after a crash or a lost answer the same one comes out again, without anything having been written down.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, Unavailable
from mmhub_desktop.marketplaces.allegro.auth import MEDIA
from mmhub_desktop.marketplaces.allegro.mapping import price_json
from mmhub_desktop.marketplaces.allegro.problems import LABEL, read_findings
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.outgoing import json_request

PUBLICATION, QUANTITY = "publication", "quantity"
ACTIVATE, END = "ACTIVATE", "END"
OFFERS_MOST = 1_000  # of one command
PLACEHOLDER = "{{command_id}}"  # stands for an id in what is shown beforehand
_PATHS = {PUBLICATION: "/sale/offer-publication-commands", QUANTITY: "/sale/offer-quantity-change-commands"}
_NAMESPACE = uuid.UUID("6f2c0d0e-5a53-5b44-9c1f-3f0e8f6f4a57")
_TURNS = 30  # of the same command on one day


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command for one offer. Neither done nor failed: it is still worked on."""

    done: bool = False
    findings: tuple[Finding, ...] = ()


def call(method: str, path: str, body: Any = None) -> OutgoingRequest:
    """A request in Allegro's media type."""
    request = json_request(method, path, body)
    return replace(request, content_type=MEDIA) if request.content_type else request


def publication_request(offers: Sequence[str], action: str, command_id: str = PLACEHOLDER) -> OutgoingRequest:
    """Publish or end offers."""
    body = {"publication": {"action": action}, "offerCriteria": _criteria(offers)}
    return call("PUT", f"{_PATHS[PUBLICATION]}/{command_id}", body)


def quantity_request(offers: Sequence[str], quantity: int, command_id: str = PLACEHOLDER) -> OutgoingRequest:
    """Set the stock of offers to one value above 0."""
    body = {"modification": {"changeType": "FIXED", "value": quantity}, "offerCriteria": _criteria(offers)}
    return call("PUT", f"{_PATHS[QUANTITY]}/{command_id}", body)


def read_quantities(request: OutgoingRequest) -> tuple[int, list[str]] | None:
    """(Stock, offers) of a command that sets it; None for another request."""
    if request.method != "PUT" or f"{_PATHS[QUANTITY]}/" not in request.path:
        return None
    body = json.loads(request.body)
    ids = [str(offer["id"]) for criterion in body["offerCriteria"] for offer in criterion["offers"]]
    return int(body["modification"]["value"]), ids


def price_request(offer: str, price: Money, command_id: str = PLACEHOLDER) -> OutgoingRequest:
    """Set the price of one offer."""
    body = {"id": command_id, "input": {"buyNowPrice": price_json(price)}}
    return call("PUT", f"/offers/{offer}/change-price-commands/{command_id}", body)


def _criteria(offers: Sequence[str]) -> list[dict[str, Any]]:
    return [{"type": "CONTAINS_OFFERS", "offers": [{"id": one} for one in offers]}]


async def send_command(api: Api, kind: str, build: Callable[[str], OutgoingRequest]) -> tuple[str, Reply]:
    """Send a command under the first free id of the day: (its id, the answer).

    Where an id is taken by the same command that is still worked on, that one counts: nothing is sent again.
    """
    shown = build(PLACEHOLDER)
    for turn in range(_TURNS):
        command_id = _command_id(api.connection, shown, turn)
        reply = await api.submit(build(command_id), accept=(409,))
        if reply.status != 409:
            return command_id, reply
        if kind in _PATHS:
            report = await api.call("GET", f"{_PATHS[kind]}/{command_id}", accept=(404,))
            if report.status == 200 and not report.fields.get("completedAt"):
                return command_id, report
    raise Unavailable(f"{LABEL} has been told the same too often today.", retry_after_s=3_600.0)


def _command_id(connection: Connection, shown: OutgoingRequest, turn: int) -> str:
    account = connection.account
    about = (
        *(account.marketplace, str(int(account.id)), account.identity.get("remote_id", "")),
        *(connection.now().date().isoformat(), shown.method, shown.path, shown.text, str(turn)),
    )
    return str(uuid.uuid5(_NAMESPACE, "\n".join(about)))


async def read_outcomes(api: Api, kind: str, command_id: str) -> Mapping[str, Outcome] | None:
    """What became of a command for each of its offers; None where Allegro no longer knows it."""
    reply = await api.call(
        "GET", f"{_PATHS[kind]}/{command_id}/tasks", params={"limit": OFFERS_MOST, "offset": 0}, accept=(404,)
    )
    if reply.status == 404:
        return None
    found: dict[str, Outcome] = {}
    for task in reply.fields.get("tasks") or ():
        offer = task.get("offer") if isinstance(task, Mapping) else None
        if not isinstance(offer, Mapping):
            continue
        offer_id, present = str(offer.get("id") or ""), _outcome(task)
        before = found.get(offer_id)
        if before is not None and (before.findings or not before.done):
            present = replace(before, findings=(*before.findings, *present.findings))
        found[offer_id] = present
    return found


def _outcome(task: Mapping[str, Any]) -> Outcome:
    status = str(task.get("status") or "")
    if status != "FAIL":
        return Outcome(done=status == "SUCCESS")
    findings = read_findings(task.get("errors"))
    if not findings:
        words = str(task.get("message") or "") or "It refused the change without a reason."
        findings = (Finding("allegro.command", "", words, original=str(task.get("field") or "")),)
    return Outcome(findings=findings)


async def why_not_published(api: Api, offer: str) -> tuple[Finding, ...]:
    """What the last attempt of today to publish a draft has failed for; nothing where there was none."""
    found: tuple[Finding, ...] = ()
    for turn in range(_TURNS):
        command_id = _command_id(api.connection, publication_request([offer], ACTIVATE), turn)
        outcomes = await read_outcomes(api, PUBLICATION, command_id)
        if outcomes is None:
            break
        found = outcomes.get(offer, Outcome()).findings
    return found
