"""Giving an organization to somebody who agrees, in short."""

from typing import Any
from uuid import UUID

import httpx
from tests.users.people import Headers

from freehold import NewOwner, Organization, Platform


async def give(platform: Platform, organization: UUID, giver: UUID, taker: UUID) -> Organization:
    """Offer the ownership, and accept it."""
    offers = platform.acting_as(giver).organizations.owner_offers
    await offers.create(organization, NewOwner(user_id=taker))
    return await platform.acting_as(taker).organizations.owner_offers.accept(organization)


async def give_over_http(
    client: httpx.AsyncClient, path: str, giver: Headers, taker: Headers, taker_id: Any
) -> httpx.Response:
    """Offer the ownership of the organization at a path, and accept it; the answer to that."""
    offered = await client.post(f"{path}/owner-offer", json={"user_id": str(taker_id)}, headers=giver)
    assert offered.status_code == 201, offered.text
    return await client.post(f"{path}/owner-offer/accept", headers=taker)
