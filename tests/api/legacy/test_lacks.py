"""What a token without a stack cannot do is said in a sentence, and nobody is asked."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest

from k6desk.api.cloud import Cloud
from k6desk.api.errors import NotOffered
from k6desk.api.legacy.lacks import LACKS, Lacking
from k6desk.api.operations import Operation

METHODS = [name for name, member in vars(Lacking).items() if inspect.isfunction(member)]


@pytest.mark.parametrize("name", METHODS)
async def test_a_method_that_is_lacking_says_so_without_a_request(legacy, name):
    client = await legacy()
    member = inspect.signature(getattr(Cloud, name))
    named = {each.name: None for each in member.parameters.values() if each.kind is each.KEYWORD_ONLY}
    given = [None] * (len(member.parameters) - 1 - len(named))
    asked = getattr(client, name)(*given, **named)
    with pytest.raises(NotOffered, match=r"^A token without a stack cannot .*\.$"):
        await (anext(asked) if inspect.isasyncgen(asked) else asked)
    assert client.server.requests == []


def test_every_operation_is_either_done_or_lacking():
    assert set(LACKS) == set(get_args(Operation)) - {"start", "abort", "script", "search", "shared_run"}
    assert len(set(LACKS.values())) == len(LACKS)
