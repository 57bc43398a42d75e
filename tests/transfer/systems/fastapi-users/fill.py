"""Lets fastapi-users make its table, with UUIDs or (ID=integer) numbers, and the users that standard input lists."""

import asyncio
import json
import os
import sys

from fastapi_users import BaseUserManager, IntegerIDMixin, UUIDIDMixin, schemas
from fastapi_users.password import PasswordHelper
from fastapi_users_db_sqlalchemy import (
    SQLAlchemyBaseUserTable,
    SQLAlchemyBaseUserTableUUID,
    SQLAlchemyUserDatabase,
)
from pwdlib import PasswordHash
from pwdlib.hashers.bcrypt import BcryptHasher
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NUMBERED = os.environ["ID"] == "integer"
HELPERS = {"argon2": PasswordHelper(), "bcrypt": PasswordHelper(PasswordHash((BcryptHasher(),)))}


class Base(DeclarativeBase):
    pass


if NUMBERED:

    class User(SQLAlchemyBaseUserTable[int], Base):
        id: Mapped[int] = mapped_column(primary_key=True)
else:

    class User(SQLAlchemyBaseUserTableUUID, Base):
        pass


class UserManager(IntegerIDMixin if NUMBERED else UUIDIDMixin, BaseUserManager):
    pass


async def main() -> None:
    engine = create_async_engine("postgresql+asyncpg://")  # the rest is in PG* variables
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        for person in json.load(sys.stdin):
            manager = UserManager(SQLAlchemyUserDatabase(session, User), HELPERS[person.pop("hasher", "argon2")])
            await manager.create(schemas.BaseUserCreate(**person))
    await engine.dispose()


asyncio.run(main())
