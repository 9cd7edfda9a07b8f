# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: text and files, metadata, and users who may write but not read."""

from __future__ import annotations

import base64
import json

import pytest

MODULE = "dcos_secret"
PATH = "kafka/admin-password"
URL = f"/secrets/v1/secret/default/{PATH}"
TEXT = "application/json"
BINARY = "application/octet-stream"
BYTES = bytes(range(256)) + b"\r\n{}"


@pytest.fixture
def clerk(cluster):
    """Return a function that gives a user actions on the secret, and returns the options of its login."""
    rid = f"dcos:secrets:default:/{PATH}"
    cluster.iam("PUT", "/users/clerk", {"password": "wonderland"})
    cluster.iam("PUT", f"/acls/{rid.replace('/', '%252F')}", {"description": rid})

    def allow(*actions):
        for action in actions:
            cluster.iam("PUT", f"/acls/{rid.replace('/', '%252F')}/users/clerk/{action}")
        return {"auth_token": cluster.login("clerk", password="wonderland")}

    return allow


def b64(data):
    return base64.b64encode(data).decode()


def test_life_of_a_text(cluster):
    made = cluster.converge(MODULE, path=PATH, value="first-s3cret")
    assert made["secret"] == {"path": PATH, "store": "default", "content_type": TEXT, "size": 12}
    assert made["diff"]["after"] == {"content_type": TEXT, "value": "(set)"}
    assert cluster.api("GET", URL) == {"value": "first-s3cret"}

    changed = cluster.converge(MODULE, path=f"/{PATH}", value="second-s3cret")
    assert changed.writes == [f"PATCH {URL}"]
    assert changed["diff"]["before"]["value"] == "(set)"
    assert changed["diff"]["after"]["value"] == "(changed)"
    assert "first-s3cret" not in changed.stdout
    assert cluster.api("GET", URL) == {"value": "second-s3cret"}

    gone = cluster.converge(MODULE, path=PATH, state="absent")
    assert gone["secret"] == {"path": PATH, "store": "default"}
    assert "second-s3cret" not in gone.stdout


def test_life_of_a_file(cluster, tmp_path):
    path = tmp_path / "keystore.jks"
    path.write_bytes(BYTES)
    made = cluster.converge(MODULE, path=PATH, src=str(path))
    assert made["secret"]["content_type"] == BINARY
    assert made["secret"]["size"] == len(BYTES)
    assert cluster.request("GET", URL).content == BYTES
    assert cluster.run(MODULE, path=PATH, value_base64=b64(BYTES))["changed"] is False
    cluster.converge(MODULE, path=PATH, value_base64=b64(b"other"))
    assert cluster.request("GET", URL).content == b"other"
    assert cluster.converge(MODULE, path=PATH, state="absent")["diff"]["before"]["value"] == "(set)"


@pytest.mark.parametrize(
    "value", ["x", "ends with a newline\n", "Zürich ☃ \U0001f511", '{"a": [1]}', " padded ", "1.0", "true"]
)
def test_texts_are_kept_to_the_letter(cluster, value):
    cluster.converge(MODULE, path=PATH, value=value)
    assert cluster.secret(PATH)["value"] == value
    assert cluster.run(MODULE, path=PATH, value=value)["secret"]["size"] == len(value.encode())


def test_empty_values(cluster):
    assert cluster.converge(MODULE, path=PATH, value="")["secret"]["size"] == 0
    assert cluster.converge(MODULE, path=PATH, value_base64="")["secret"]["size"] == 0


def test_text_and_file_are_kept_apart(cluster):
    """The same bytes are another secret as a file: what reads it gets them in another way."""
    cluster.run(MODULE, path=PATH, value="the same")
    changed = cluster.converge(MODULE, path=PATH, value_base64=b64(b"the same"))
    assert changed["diff"]["before"]["content_type"] == TEXT
    assert changed["diff"]["after"]["content_type"] == BINARY
    assert cluster.request("GET", URL).headers["Content-Type"] == BINARY
    cluster.converge(MODULE, path=PATH, value="the same")
    assert cluster.request("GET", URL).headers["Content-Type"] == TEXT


def test_metadata(cluster):
    cluster.converge(MODULE, path=PATH, value="s3cret-value", description="Of the admin", labels=["a", "b"])
    assert cluster.run(MODULE, path=PATH, value="s3cret-value")["changed"] is False, "what is not given stays"
    changed = cluster.converge(MODULE, path=PATH, value="s3cret-value", description="Of somebody", labels=["a", "b"])
    assert changed["diff"]["after"]["description"] == "Of somebody"
    assert cluster.api("GET", URL) == {"value": "s3cret-value", "description": "Of somebody", "labels": ["a", "b"]}
    cluster.run(MODULE, path=PATH, value="another-s3cret")
    assert cluster.api("GET", URL) == {"value": "another-s3cret", "description": "Of somebody", "labels": ["a", "b"]}


def test_metadata_are_compared_only_where_the_cluster_returns_them(cluster):
    cluster.run(MODULE, path=PATH, value="s3cret-value")
    assert cluster.run(MODULE, path=PATH, value="s3cret-value", description="Of the admin")["changed"] is False
    changed = cluster.run(MODULE, path=PATH, value="another-s3cret", description="Of the admin")
    assert changed["changed"] is True
    assert cluster.api("GET", URL)["description"] == "Of the admin"


@pytest.mark.parametrize("metadata", [{"description": "x"}, {"labels": ["x"]}, {"labels": []}])
def test_files_have_no_metadata(cluster, metadata, tmp_path):
    path = tmp_path / "keystore.jks"
    path.write_bytes(BYTES)
    for value in ({"src": str(path)}, {"value_base64": b64(BYTES)}):
        outcome = cluster.fail(MODULE, path=PATH, **value, **metadata)
        assert next(iter(metadata)) in outcome["msg"]
        assert not outcome.sent


def test_on_create_leaves_alone_what_is_there(cluster):
    assert cluster.converge(MODULE, path=PATH, value="first-s3cret", update="on_create")["changed"] is True
    for value in ({"value": "second-s3cret"}, {"value_base64": b64(b"second")}):
        kept = cluster.run(MODULE, path=PATH, update="on_create", **value)
        assert kept["changed"] is False
        assert kept["secret"]["content_type"] == TEXT
    assert cluster.secret(PATH)["value"] == "first-s3cret"


@pytest.mark.parametrize(
    "options", [{}, {"value": "a-value", "value_base64": ""}, {"value": "a-value", "src": "/etc/hostname"}], ids=str
)
def test_exactly_one_value(cluster, options):
    outcome = cluster.fail(MODULE, path=PATH, **options)
    assert "value" in outcome["msg"]
    assert not outcome.sent


def test_bad_base64(cluster):
    outcome = cluster.fail(MODULE, path=PATH, value_base64="s3cret not base64!")
    assert "b64encode" in outcome["msg"]


def test_a_file_that_cannot_be_read(cluster, tmp_path):
    assert "cannot be read" in cluster.fail(MODULE, path=PATH, src=str(tmp_path / "nothing"))["msg"]


@pytest.mark.parametrize(
    "path", ["", "/", ".", "..", "../superuser", "a.b", "a b", "a/", "//a", "a//b", "a@b", "a%2Fb", "ä"]
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_unusable_paths(cluster, path, state):
    value = {"value": "s3cret-value"} if state == "present" else {}
    outcome = cluster.fail(MODULE, path=path, state=state, **value)
    assert "secret path" in outcome["msg"]
    assert not outcome.sent


@pytest.mark.parametrize("store", ["", ".", "..", "a/b", "default/x"])
def test_unusable_stores(cluster, store):
    """They would fold the request into another path: a DELETE must not land somewhere else."""
    cluster.run(MODULE, path="x/y", value="s3cret-value")
    outcome = cluster.fail(MODULE, path="y", store=store, state="absent")
    assert "store" in outcome["msg"]
    assert not outcome.sent


def test_another_store(cluster):
    outcome = cluster.fail(MODULE, path=PATH, store="other", value="s3cret-value")
    assert outcome["failure"]["path"].startswith("/secrets/v1/secret/other/")


def test_a_folder_of_the_same_name_is_left_alone(cluster):
    cluster.run(MODULE, path=f"{PATH}/below", value="s3cret-value")
    assert cluster.run(MODULE, path=PATH, state="absent")["changed"] is False
    cluster.converge(MODULE, path=PATH, value="a folder, too")
    cluster.converge(MODULE, path=PATH, state="absent")
    assert cluster.secret(f"{PATH}/below")


def test_too_large(cluster):
    outcome = cluster.fail(MODULE, path=PATH, value="x" * (1024 * 1024 + 1))
    assert "1 MiB" in outcome["msg"]
    assert len(outcome.stdout) < 5000


# --- permissions


def test_who_may_write_but_not_read(cluster, clerk):
    who = clerk("create", "update")
    for expected in ([f"PUT {URL}"], [f"PUT {URL}", f"PATCH {URL}"]):
        outcome = cluster.run(MODULE, path=PATH, value="s3cret-value", **who)
        assert outcome["changed"] is True
        assert "cannot be read" in outcome.warned
        assert outcome.writes == expected
    predicted = cluster.run(MODULE, path=PATH, value="s3cret-value", check=True, **who)
    assert predicted["changed"] is True
    assert "cannot be read" in predicted.warned
    assert cluster.secret(PATH)["value"] == "s3cret-value"


def test_who_may_not_read_does_not_overwrite_with_on_create(cluster, clerk):
    who = clerk("create", "update")
    cluster.run(MODULE, path=PATH, value="first-s3cret")
    outcome = cluster.run(MODULE, path=PATH, value="second-s3cret", update="on_create", **who)
    assert cluster.secret(PATH)["value"] == "first-s3cret"
    assert outcome["changed"] is False
    assert cluster.run(MODULE, path=f"{PATH}", update="on_create", value="first-s3cret", **who)["changed"] is False


def test_who_may_not_read_deletes_all_the_same(cluster, clerk):
    who = clerk("delete")
    cluster.run(MODULE, path=PATH, value="s3cret-value")
    outcome = cluster.run(MODULE, path=PATH, state="absent", **who)
    assert outcome["changed"] is True
    assert "cannot be read" in outcome.warned
    assert cluster.secret(PATH) is None
    again = cluster.run(MODULE, path=PATH, state="absent", **who)
    assert again["changed"] is False
    assert "cannot be read" not in again.warned


def test_metadata_that_others_set_stay(cluster):
    metadata = {"author": "kafka", "labels": ["a"]}
    cluster.api("PUT", f"/secrets/v1/secret/default/{PATH}", {"value": "the-old-s3cret", **metadata})
    cluster.run(MODULE, path=PATH, value="s3cret-value", description="Brokers")
    assert cluster.secret(PATH)["metadata"] == {**metadata, "description": "Brokers"}


@pytest.mark.parametrize(
    ("actions", "options", "needed"),
    [
        ((), {"value": "s3cret-value"}, "create"),
        (("read",), {"value": "s3cret-value"}, "update"),
        (("read",), {"state": "absent"}, "delete"),
        (("create",), {"value": "s3cret-value"}, "update"),
    ],
)
def test_the_permission_that_is_missing_is_named(cluster, clerk, actions, options, needed):
    who = clerk(*actions)
    if needed != "create":
        cluster.run(MODULE, path=PATH, value="the-old-s3cret")
    outcome = cluster.fail(MODULE, path=PATH, **options, **who)
    assert f"dcos:secrets:default:/{PATH} {needed}" in outcome["msg"]
    assert outcome["failure"]["status"] == 403


@pytest.mark.parametrize("value", [{"a": 1, "b": [True, None, "x"]}, [], {}, [{"ü": 1.5}]], ids=repr)
def test_a_structure_is_stored_as_json(cluster, value):
    cluster.converge(MODULE, path=PATH, value=value)
    stored = cluster.api("GET", URL)["value"]
    assert json.loads(stored) == value
    # Another spelling of the same is as wanted, whatever the order of its members.
    for spelling in (json.dumps(value, indent=2), json.dumps(value, sort_keys=True, separators=(",", ":"))):
        cluster.api("PATCH", URL, {"value": spelling})
        assert cluster.run(MODULE, path=PATH, value=value)["changed"] is False
        assert cluster.api("GET", URL)["value"] == spelling


@pytest.mark.parametrize(("stored", "wanted"), [('{"a": 1}', {"a": True}), ("[1]", [1.0]), ('"x"', ["x"]), ("{", {})])
def test_what_only_python_takes_for_the_same(cluster, stored, wanted):
    cluster.api("PUT", URL, {"value": stored})
    cluster.converge(MODULE, path=PATH, value=wanted)
    assert cluster.api("GET", URL)["value"] == json.dumps(wanted)


@pytest.mark.parametrize("value", ['{"a":1}', "[1, 2]", "{'a': 1}", "true", "0123", " x\n", ""])
def test_a_text_stays_that_text(cluster, value):
    cluster.converge(MODULE, path=PATH, value=value)
    assert cluster.api("GET", URL)["value"] == value


@pytest.mark.parametrize("value", [True, False, 0, 83, 1.10])
def test_what_yaml_leaves_no_spelling_of(cluster, value):
    assert "put it in quotes" in cluster.fail(MODULE, path=PATH, value=value)["msg"]


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_that_json_has_not(cluster, value):
    assert "value holds a number" in cluster.fail(MODULE, path=PATH, value=[value])["msg"]


def test_base64_with_line_breaks(cluster):
    encoded = base64.encodebytes(BYTES).decode()
    assert encoded.count("\n") > 1
    cluster.converge(MODULE, path=PATH, value_base64=f" {encoded}\r\n")
    assert cluster.run(MODULE, path=PATH, value_base64=b64(BYTES))["changed"] is False


class TestFiles:
    """Secrets out of files."""

    def test_as_text(self, cluster, tmp_path):
        (tmp_path / "token").write_text("größer\n", encoding="utf-8")
        options = {"path": PATH, "src": str(tmp_path / "token"), "src_as": "text", "labels": ["a"]}
        made = cluster.converge(MODULE, **options, description="a token")
        assert made["secret"]["content_type"] == TEXT
        assert cluster.api("GET", URL)["value"] == "größer\n"

    def test_no_text(self, cluster, tmp_path):
        (tmp_path / "token").write_bytes(b"\xff")
        assert "not a text file" in cluster.fail(MODULE, path=PATH, src=str(tmp_path / "token"), src_as="text")["msg"]

    @pytest.mark.parametrize("src", ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/dev/null"])
    @pytest.mark.parametrize("src_as", ["binary", "text"])
    def test_what_is_no_file_empties_no_secret(self, cluster, src, src_as):
        cluster.run(MODULE, path=PATH, value="first-s3cret")
        outcome = cluster.fail(MODULE, path=PATH, src=src, src_as=src_as)
        assert outcome["msg"].startswith(f"src '{src}' is ")
        assert outcome.sent == []

    def test_metadata_are_for_texts(self, cluster, tmp_path):
        (tmp_path / "token").touch()
        outcome = cluster.fail(MODULE, path=PATH, src=str(tmp_path / "token"), description="a token")
        assert "description goes with value, or src_as: text, only" in outcome["msg"]
