"""The JSON interface asked what nobody would ask: it answers as it describes itself, and never breaks."""

import os
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance  # any word is text, few are countries

from entrepot.web import Settings, create_app

EXAMPLES = 5 if os.environ.get("CI") else 25
app = create_app(Settings(Path("no-store-is-needed-to-describe"), ()))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)


@schema.exclude(path="/api/check").parametrize()  # it has no options but a date, and takes minutes
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_question_gets_an_answer_or_is_told_why(case, server):
    case.call_and_validate(base_url=server, timeout=120, excluded_checks=[positive_data_acceptance])
