"""The data model in the documentation is that of the migrations."""

import msgspec
import pytest
from tests.contract.renewal import REPOSITORY, compare

from freehold.schema.catalog import read_model
from freehold.schema.diagram import svg
from freehold.schema.markdown import markdown

IMAGE = "../images/data-model.svg"


@pytest.mark.renews
async def test_data_model_page_is_what_the_migrations_make(schema_url: str):
    model = await read_model(schema_url)
    # Plans and times are those of one machine.
    queries = [msgspec.structs.replace(each, plan=[], milliseconds=None) for each in model.queries]
    model = msgspec.structs.replace(model, queries=queries)
    compare(REPOSITORY / "docs/reference/data-model.md", markdown(model, IMAGE))
    compare(REPOSITORY / "docs/images/data-model.svg", svg(model) or "")
