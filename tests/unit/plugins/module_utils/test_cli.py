# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration directories of the DC/OS CLI, laid out as the CLI lays them out, and the options that call for them."""

from __future__ import annotations

import importlib
import sys

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _cli
from ansible_collections.dcos.security.plugins.module_utils._cli import read_cluster
from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, InputError
from ansible_collections.dcos.security.plugins.module_utils._options import CREDENTIAL_VARIABLES, resolve

PROD, STAGE = "79893270-f9e9-4b20-8d2f-b7a5b3b5b1f0", "2ee3b5f1-7d4a-4e5c-9b0f-3f1d0c8a7a11"


class Home:
    """A DCOS_DIR."""

    def __init__(self, path):
        self.path = path
        self.environ = {"DCOS_DIR": str(path)}

    def cluster(self, id_, text=None, attached=False, ca=False, **core):
        """Write a cluster: ``core`` are the values of that table, written as TOML; ``name`` is that of the cluster."""
        folder = self.path / "clusters" / id_
        folder.mkdir(parents=True)
        name = core.pop("name", None)
        lines = [f'[cluster]\n  name = "{name}"'] if name else []
        core.setdefault("dcos_url", f'"https://{name or id_}.example.com"')
        lines += ["[core]", *(f"  {key} = {value}" for key, value in core.items())]
        (folder / "dcos.toml").write_text(text if text is not None else "\n".join(lines) + "\n", encoding="utf-8")
        (folder / "dcos.toml").chmod(0o600)
        if attached:
            (folder / "attached").touch()
        if ca:
            (folder / "dcos_ca.crt").write_text("PEM", encoding="utf-8")
        return folder

    def read(self, wanted=None, **environ):
        """Read a cluster."""
        return read_cluster(wanted, {**self.environ, **environ})


@pytest.fixture
def home(tmp_path):
    """An empty DCOS_DIR."""
    return Home(tmp_path / "dcos")


def test_whole(home):
    folder = home.cluster(
        PROD,
        name="prod",
        attached=True,
        ca=True,
        dcos_url='"https://dcos.example.com"',
        dcos_acs_token='"eyJ0.eyJ1.c2ln"',
        ssl_verify=f'"{home.path}/clusters/{PROD}/dcos_ca.crt"',
        timeout=180,
    )
    cluster = home.read()
    assert cluster == (
        PROD,
        "prod",
        "https://dcos.example.com",
        "eyJ0.eyJ1.c2ln",
        str(folder / "dcos_ca.crt"),
        True,
        True,
    )


def test_bare(home):
    home.cluster(PROD)
    cluster = home.read()
    assert (cluster.name, cluster.token, cluster.ca_path, cluster.validate_certs) == (PROD, None, None, True)


def test_home_of_the_user(home, tmp_path):
    Home(tmp_path / "home" / ".dcos").cluster(PROD, name="prod")
    assert read_cluster(None, {"HOME": str(tmp_path / "home")}).name == "prod"
    assert read_cluster(None, {"HOME": str(tmp_path / "home"), "DCOS_DIR": ""}).name == "prod"


class TestChoice:
    """Which cluster is meant."""

    @pytest.fixture(autouse=True)
    def clusters(self, home):
        """Two clusters, one of them attached."""
        home.cluster(PROD, name="prod")
        home.cluster(STAGE, name="stage", attached=True)

    def test_by_name(self, home):
        assert home.read("prod").id == PROD

    def test_by_id(self, home):
        assert home.read(PROD).name == "prod"

    def test_attached(self, home):
        assert home.read().name == "stage"

    def test_an_id_comes_before_a_name(self, home):
        home.cluster("other", name=PROD)
        assert home.read(PROD).name == "prod"

    def test_half_a_name_is_none(self, home):
        with pytest.raises(InputError, match=rf"no cluster named 'pro' in .* \(configured: prod \({PROD}\), stage"):
            home.read("pro")

    def test_two_of_a_name(self, home):
        home.cluster("third", name="prod")
        with pytest.raises(InputError, match="several clusters named 'prod': .*Name one by its id"):
            home.read("prod")
        assert home.read("third").name == "prod"

    def test_two_attached(self, home):
        (home.path / "clusters" / PROD / "attached").touch()
        with pytest.raises(InputError, match="several clusters attached"):
            home.read()

    def test_none_attached(self, home):
        (home.path / "clusters" / STAGE / "attached").unlink()
        with pytest.raises(InputError, match="no cluster attached .*'dcos cluster attach'"):
            home.read()

    def test_folders_without_configuration_are_none(self, home):
        (home.path / "clusters" / "setup-that-failed").mkdir()
        (home.path / "clusters" / "setup-that-failed" / "attached").touch()
        assert home.read().name == "stage"

    @pytest.mark.parametrize("text", ["[core", "core = 1\n[cluster]\nname = 2", "", "\x00"])
    def test_a_broken_neighbour_is_no_obstacle(self, home, text):
        home.cluster("broken", text)
        assert home.read("prod").id == PROD
        assert home.read(PROD).name == "prod"
        assert home.read().name == "stage"


def test_the_only_cluster_need_not_be_attached(home):
    home.cluster(PROD, name="prod")
    assert home.read().name == "prod"


@pytest.mark.parametrize("wanted", [None, "prod"])
def test_no_configuration_at_all(home, wanted):
    with pytest.raises(InputError, match=r"in .*dcos \(configured: none\)\. Run 'dcos cluster setup'"):
        home.read(wanted)


class TestTrust:
    """``ssl_verify`` in all its spellings, and the CA that was saved at setup."""

    @pytest.mark.parametrize("spelling", ["true", '"true"', '"True"', '"TRUE"', '"t"', '"T"', '"1"', "1"])
    def test_verified_by_what_the_machine_trusts(self, home, spelling):
        home.cluster(PROD, ssl_verify=spelling, ca=True)
        assert home.read()[4:6] == (None, True)

    @pytest.mark.parametrize("spelling", ["false", '"false"', '"False"', '"FALSE"', '"f"', '"F"', '"0"', "0"])
    def test_not_verified(self, home, spelling):
        home.cluster(PROD, ssl_verify=spelling, ca=True)
        assert home.read()[4:6] == (None, False)

    def test_verified_by_a_file(self, home):
        home.cluster(PROD, ssl_verify='"/etc/ssl/dcos.crt"', ca=True)
        assert home.read()[4:6] == ("/etc/ssl/dcos.crt", True)

    @pytest.mark.parametrize("core", [{}, {"ssl_verify": '""'}], ids=["absent", "empty"])
    def test_verified_by_the_saved_ca(self, home, core):
        folder = home.cluster(PROD, ca=True, **core)
        assert home.read()[4:6] == (str(folder / "dcos_ca.crt"), True)

    @pytest.mark.parametrize("core", [{}, {"ssl_verify": '""'}], ids=["absent", "empty"])
    def test_nothing_said_and_nothing_saved(self, home, core):
        home.cluster(PROD, **core)
        assert home.read()[4:6] == (None, True)

    @pytest.mark.parametrize(
        ("variable", "trust"),
        [("false", (None, False)), ("true", (None, True)), ("/env.crt", ("/env.crt", True)), ("", ("/file.crt", True))],
    )
    def test_the_variable_comes_first(self, home, variable, trust):
        home.cluster(PROD, ssl_verify='"/file.crt"')
        assert home.read(DCOS_SSL_VERIFY=variable)[4:6] == trust


@pytest.mark.parametrize("text", ["[core\n", "dcos_url = ", "\x00", "[core]\ndcos_url = 1\n[core]\n"])
def test_broken_configuration_is_named(home, text):
    home.cluster(PROD, text)
    for wanted in (None, PROD):
        with pytest.raises(InputError, match=f"Cannot read the configuration of the DC/OS CLI at .*{PROD}/dcos.toml"):
            home.read(wanted)


@pytest.mark.parametrize("text", ["core = 1\n", "[core]\n", "", "[cluster]\n[core]\ndcos_acs_token = ''\n"])
def test_empty_configuration_has_no_url(home, text):
    home.cluster(PROD, text)
    with pytest.raises(InputError, match=f"no URL for cluster '{PROD}'. Run 'dcos cluster setup'"):
        home.read()


def test_the_parser_is_the_one_of_this_python(monkeypatch, home):
    home.cluster(PROD)
    parser = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    asked = []
    monkeypatch.setattr(_cli, "load", lambda name: asked.append(name) or parser)
    for version in ((3, 9, 2), (3, 10, 4), (3, 11, 0), (3, 14, 1)):
        monkeypatch.setattr(_cli.sys, "version_info", version)
        home.read()
    assert asked == ["tomli", "tomli", "tomllib", "tomllib"]


class TestOptions:
    """``cluster`` and ``auth_method: cli`` beside the other options and the environment."""

    @pytest.fixture
    def environ(self, home):
        """An environment with the attached cluster ``prod``, which has a token, and ``fresh``, which has none."""
        home.cluster(PROD, name="prod", attached=True, dcos_acs_token='"CLI"', ssl_verify='"/prod.crt"')
        home.cluster(STAGE, name="fresh")
        return home.environ

    def test_attached_cluster_by_method(self, environ):
        found = resolve({"auth_method": "cli"}, environ)
        assert (found.url, found.method, found.credentials.options) == (
            "https://prod.example.com",
            "cli",
            {"auth_token": "CLI"},
        )
        assert (found.ca_path, found.validate_certs) == ("/prod.crt", True)

    def test_attached_cluster_by_method_of_the_environment(self, environ):
        assert resolve({}, {**environ, "DCOS_AUTH_METHOD": "cli"}).url == "https://prod.example.com"

    def test_attached_cluster_is_not_used_unasked(self, environ):
        for params in ({}, {"auth_token": "T"}):
            with pytest.raises(InputError, match="No cluster to talk to"):
                resolve(params, environ)

    def test_cluster_by_name_beats_the_url_of_the_environment(self, environ):
        found = resolve({"cluster": "prod"}, {**environ, "DCOS_URL": "https://env", "DCOS_ACS_TOKEN": "t"})
        assert (found.url, found.credentials.options) == ("https://prod.example.com", {"auth_token": "CLI"})

    def test_cluster_of_the_environment(self, environ):
        for params, variables, url in (
            ({}, {"DCOS_CLUSTER": "prod"}, "https://prod.example.com"),
            ({"auth_method": "cli"}, {"DCOS_CLUSTER": PROD}, "https://prod.example.com"),
            ({}, {"DCOS_CLUSTER": "prod", "DCOS_URL": "https://env", "DCOS_ACS_TOKEN": "t"}, "https://env"),
            ({"url": "https://given"}, {"DCOS_CLUSTER": "prod", "DCOS_ACS_TOKEN": "t"}, "https://given"),
        ):
            assert resolve(params, {**environ, **variables}).url == url

    @pytest.mark.parametrize("option", ["url", *CREDENTIAL_VARIABLES])
    @pytest.mark.parametrize("wish", [{"cluster": "prod"}, {"auth_method": "cli"}], ids=["cluster", "cli"])
    def test_it_goes_with_neither_url_nor_credentials(self, environ, wish, option):
        with pytest.raises(
            InputError, match=rf"({next(iter(wish))}|auth_method: cli) and {option} are mutually exclusive"
        ):
            resolve({**wish, option: "https://given"}, environ)

    def test_the_token_of_the_environment_is_of_another_cluster(self, environ):
        with pytest.raises(AuthError, match="holds no token for cluster 'fresh'.*dcos auth login"):
            resolve({"cluster": "fresh"}, {**environ, "DCOS_ACS_TOKEN": "t"})

    def test_users_of_the_environment_can_log_in_and_renew(self, environ):
        environ = {**environ, "DCOS_USERNAME": "u", "DCOS_PASSWORD": "p"}
        user = {"auth_username": "u", "auth_password": "p"}
        assert resolve({"cluster": "fresh"}, environ).credentials.options == user
        found = resolve({"cluster": "prod"}, environ)
        assert found.credentials.options == {"auth_token": "CLI"}
        assert [way.options for way in found.renewals] == [user]

    def test_options_of_trust_come_before_the_configuration(self, environ):
        found = resolve({"cluster": "prod", "ca_path": "/given", "validate_certs": False}, environ)
        assert (found.ca_path, found.validate_certs) == ("/given", False)

    def test_trust_of_the_configuration_comes_before_the_environment(self, environ):
        environ = {**environ, "DCOS_TLS_CA_PATH": "/env.pem", "DCOS_TLS_INSECURE": "1"}
        found = resolve({"cluster": "prod"}, environ)
        assert (found.ca_path, found.validate_certs) == ("/prod.crt", True)
