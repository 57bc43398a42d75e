"""A FastAPI application with Freehold installed, for servers of its own environment."""

import os
from typing import Annotated

from fastapi import FastAPI

from freehold import Scope, Settings
from freehold.integrations.fastapi import Access, CurrentUser, OptionalUser, install

app = FastAPI()
install(app, Settings(database_url=os.environ["FREEHOLD_DATABASE_URL"]))


@app.get("/me")
async def me(user: CurrentUser) -> str:
    """Say who asks."""
    return user.username


@app.get("/greeting")
async def greeting(user: OptionalUser) -> str:
    """Greet whoever asks."""
    return user.username if user else "stranger"


@app.get("/organizations/{organization}/invoices")  # noqa: FAST003 - Access reads it
async def invoices(scope: Annotated[Scope, Access("project.read")]) -> str:
    """Say what the one who asks is there."""
    return scope.role or "key"
