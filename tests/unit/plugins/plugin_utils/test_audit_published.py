# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports for pipelines are valid by the schemas that others publish; tools/schemas.py fetches them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.plugin_utils import _audit
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import certificate, facts_of, identity


def schema(name):
    """Return the path of a schema below the repository's .cache, in which the copy under test may lie itself."""
    places = [parent / ".cache" / "schemas" / name for parent in Path(__file__).resolve().parents]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        pytest.skip(f"{name} is not there: make units fetches it")
    return found


@pytest.fixture(scope="module")
def sarif():
    content = json.loads(schema("sarif-2.1.0.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(content)
    kind.check_schema(content)
    return kind(content)


@pytest.fixture(scope="module")
def junit():
    return xmlschema.XMLSchema(schema("junit-10.xsd"))


def audits(text):
    """An audit with findings of all severities about things of that name, and one of an empty cluster."""
    kafka = identity(text, certificates=[certificate(f"{text}/tls")], superuser="direct", groups=[text])
    kafka["credentials"][0].update(path=text, login_endpoint=f"http://{text}", problems=[text])
    for facts in (facts_of(kafka, identity("spark"), partial=True), facts_of()):
        yield _audit.audit(facts, findings(facts))


@given(st.text(min_size=1))
def test_sarif(sarif, text):
    for audit in audits(text):
        sarif.validate(json.loads(_audit.as_sarif(audit)))


def test_what_is_no_sarif(sarif):
    log = json.loads(_audit.as_sarif(next(audits("kafka"))))
    log["runs"][0]["results"][0]["level"] = "high"
    with pytest.raises(jsonschema.ValidationError):
        sarif.validate(log)


@given(st.text(min_size=1))
def test_junit(junit, text):
    for audit in audits(text):
        junit.validate(io.StringIO(_audit.as_junit(audit)))


def test_what_is_no_junit(junit):
    report = (
        _audit.as_junit(next(audits("kafka"))).replace("<testcase ", "<case ", 1).replace("</testcase>", "</case>", 1)
    )
    with pytest.raises(xmlschema.XMLSchemaException):
        junit.validate(io.StringIO(report))
