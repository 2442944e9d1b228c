"""The JSON interface asked what nobody would ask: it answers as it describes itself, and never breaks."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

EXAMPLES = 6 if os.environ.get("CI") else 25


@pytest.fixture(scope="session")
def described(server: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{server}api/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.exclude(path="/api/check").parametrize()  # it has no options but a date, and takes minutes
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_question_gets_an_answer_or_is_told_why(case):
    case.call_and_validate(timeout=120)
