"""Invoices of organizations. Freehold says who sends a request and what they may do, and keeps organizations apart."""

from datetime import datetime
from typing import Annotated, Any

from asyncpg import UniqueViolationError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from freehold import ActionDeclaration, NewAction, PageRequest, Role, Scope, Settings
from freehold.integrations.fastapi import Access, Acting, CurrentUser, Db, install

ACTIONS = ActionDeclaration(
    application="invoices",
    actions=(
        NewAction(name="invoice.read", roles=(Role.MEMBER,), description="See invoices"),
        NewAction(name="invoice.create", roles=(Role.MEMBER,), description="Write invoices"),
        NewAction(name="invoice.send", roles=(Role.ADMIN,), description="Send invoices to customers"),
    ),
)

app = FastAPI(title="Invoices")
install(app, Settings.from_environment(), actions=ACTIONS)


class NewInvoice(BaseModel):
    """What is sent to make an invoice. The organization is that of the path."""

    number: str = Field(pattern="^[A-Z0-9-]{1,20}$")
    cents: int = Field(gt=0, lt=2**63)


class Invoice(BaseModel):
    """An invoice of an organization."""

    number: str
    cents: int
    created_at: datetime
    sent_at: datetime | None


class Home(BaseModel):
    """Who is signed in, and the organizations whose invoices they can see."""

    username: str
    organizations: list[str]


@app.get("/")
async def home(user: CurrentUser, acting: Acting) -> Home:
    """Show who is signed in, and where their invoices are."""
    page = await acting.organizations.list_of_user("me", PageRequest())
    return Home(username=user.username, organizations=[each.slug for each in page.data])


@app.get("/organizations/{organization}/invoices", dependencies=[Access("invoice.read")])
async def invoices(db: Db) -> list[Invoice]:
    """List the invoices of an organization."""
    return [_invoice(row) for row in await db.fetch("SELECT * FROM invoices ORDER BY number LIMIT 100")]


@app.post("/organizations/{organization}/invoices", status_code=201)
async def create(new: NewInvoice, scope: Annotated[Scope, Access("invoice.create")], db: Db) -> Invoice:
    """Write an invoice."""
    insert = "INSERT INTO invoices (organization_id, number, cents, created_by) VALUES ($1, $2, $3, $4) RETURNING *"
    try:
        made = await db.fetchrow(insert, scope.organization_id, new.number, new.cents, scope.context.actor_id)
    except UniqueViolationError:
        raise HTTPException(409, f"There is an invoice {new.number} already") from None
    return _invoice(made)


@app.post("/organizations/{organization}/invoices/{number}/send")
async def send(number: str, scope: Annotated[Scope, Access("invoice.send")], acting: Acting, db: Db) -> Invoice:
    """Send an invoice once, and write that into the audit log: both are stored, or neither."""
    update = "UPDATE invoices SET sent_at = now() WHERE number = $1 AND sent_at IS NULL RETURNING *"
    sent = await db.fetchrow(update, number)
    if sent is None:
        raise HTTPException(404, f"There is no invoice {number} that is still to be sent")
    audit = acting.within(db).audit
    await audit.record("invoice.sent", sent["id"], organization=scope.organization_id, details={"number": number})
    return _invoice(sent)


def _invoice(row: Any) -> Invoice:
    return Invoice(**row)
