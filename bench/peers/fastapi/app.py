"""FastAPI, SQLAlchemy (asyncio) and Pydantic, as their documentation teaches, on Freehold's tables."""

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ARRAY, Column, ForeignKey, String, Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine(os.environ["BENCH_DATABASE_URL"], pool_size=10)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


organization_members = Table(
    "organization_members",
    Base.metadata,
    Column("organization_id", ForeignKey("organizations.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role", String),
)


class EmailVerification(Base):
    __tablename__ = "email_verifications"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    email: Mapped[str]


class User(Base):
    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    suspended_at: Mapped[datetime | None]
    is_admin: Mapped[bool]
    locale: Mapped[str | None]
    verification: Mapped[EmailVerification | None] = relationship(lazy="joined")
    organizations: Mapped[list["Organization"]] = relationship(
        secondary=organization_members,
        primaryjoin=lambda: User.id == organization_members.c.user_id,
        secondaryjoin=lambda: Organization.id == organization_members.c.organization_id,
        order_by="Organization.id.desc()",
    )

    @property
    def email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def state(self) -> str:
        return "active" if self.suspended_at is None else "suspended"

    @property
    def new_email(self) -> str | None:
        waits = self.verification is not None and self.verification.email != self.email
        return self.verification.email if self.verification is not None and waits else None

    @property
    def profile(self) -> dict[str, str | None]:
        return {"first_name": self.first_name, "last_name": self.last_name, "avatar_url": self.avatar_url}


class Organization(Base):
    __tablename__ = "organizations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]
    owner_id: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Project(Base):
    __tablename__ = "projects"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    description: Mapped[str]
    visibility: Mapped[str]
    features: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def settings(self) -> dict[str, object]:
        return {"visibility": self.visibility, "features": self.features}


class SignIn(Base):
    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]


class Model(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProfileOut(Model):
    first_name: str | None
    last_name: str | None
    avatar_url: str | None


class OrganizationOut(Model):
    id: UUID
    name: str
    slug: str
    owner_id: UUID
    created_at: datetime
    updated_at: datetime


class UserOut(Model):
    id: UUID
    username: str
    email: str
    email_verified: bool
    state: str
    created_at: datetime
    updated_at: datetime
    profile: ProfileOut
    new_email: str | None
    is_admin: bool
    locale: str | None
    organizations: list[OrganizationOut]


class SettingsOut(Model):
    visibility: str
    features: list[str]


class ProjectOut(Model):
    id: UUID
    name: str
    organization_id: UUID
    description: str
    settings: SettingsOut
    created_at: datetime
    updated_at: datetime


class Page(Model):
    data: list[ProjectOut]


async def get_db() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]


async def current_user(db: Db, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> User:
    token_hash = hashlib.sha256(credentials.credentials.encode()).digest()
    found = await db.scalar(
        select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.token_hash == token_hash, SignIn.expires_at > func.now(), User.suspended_at.is_(None))
    )
    if found is None:
        raise HTTPException(401)
    return found


CurrentUser = Annotated[User, Depends(current_user)]


@app.get("/v1/users/me", response_model=UserOut)
async def read_me(db: Db, user: CurrentUser) -> User:
    await db.refresh(user, ["organizations"])
    return user


@app.get("/v1/organizations/{organization_id}/projects", response_model=Page)
async def list_projects(
    db: Db, user: CurrentUser, organization_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, object]:
    member = await db.scalar(
        select(organization_members.c.role).where(
            tuple_(organization_members.c.organization_id, organization_members.c.user_id)
            == tuple_(organization_id, user.id)
        )
    )
    if member is None:
        raise HTTPException(404)
    found = await db.scalars(
        select(Project)
        .where(Project.organization_id == organization_id)
        .order_by(Project.created_at.desc(), Project.id.desc())
        .limit(limit)
    )
    return {"data": found.all()}
