# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What options and environment mean together."""

from __future__ import annotations

import os

import pytest

from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, InputError
from ansible_collections.dcos.security.plugins.module_utils._options import ANONYMOUS, CONNECTION_SPEC, located, resolve

URL = "https://dcos.example.com"

# One letter for each credential, in upper case where it is given as an option and in lower case where it is in the
# environment: T token, C credential, U username, K private key, F file with a private key, P password.
OPTIONS = {
    "T": "auth_token",
    "C": "auth_credential",
    "U": "auth_username",
    "K": "auth_private_key",
    "F": "auth_private_key_path",
    "P": "auth_password",
}
VARIABLES = {
    "t": "DCOS_ACS_TOKEN",
    "c": "DCOS_SERVICE_ACCOUNT_CREDENTIAL",
    "u": "DCOS_USERNAME",
    "f": "DCOS_PRIVATE_KEY_PATH",
    "p": "DCOS_PASSWORD",
}


def connection(letters="", environ=None, **params):
    """Resolve the credentials that ``letters`` stand for, each with its letter as its value."""
    options = {option: letter for letter, option in OPTIONS.items() if letter in letters}
    variables = {variable: letter for letter, variable in VARIABLES.items() if letter in letters}
    return resolve({"url": URL, **options, **params}, {**variables, **(environ or {})})


def spelt(way):
    """Return the letters of what a way uses; that of a path lies in the folder of the process."""
    return "".join(
        sorted(map(os.path.basename, way.options.values()), key=lambda letter: "TCUKFP".index(letter.upper()))
    )


# what is given          what is used    what renews it, the first first
PRECEDENCE = [
    # Options alone, the best first.
    ("T", "T", ""),
    ("C", "C", "C"),
    ("UK", "UK", "UK"),
    ("UF", "UF", "UF"),
    ("UP", "UP", "UP"),
    ("UKF", "UK", "UK UF"),
    ("UKP", "UK", "UK UP"),
    ("UFP", "UF", "UF UP"),
    ("CUP", "C", "C UP"),
    ("TC", "T", "C"),
    ("TUP", "T", "UP"),
    ("TCUKFP", "T", "C UK UF UP"),
    # The environment alone, likewise.
    ("t", "t", ""),
    ("c", "c", "c"),
    ("uf", "uf", "uf"),
    ("up", "up", "up"),
    ("ufp", "uf", "uf up"),
    ("cup", "c", "c up"),
    ("tup", "t", "up"),
    ("tcufp", "t", "c uf up"),
    # A variable that is of no use alone does not disturb.
    ("tp", "t", ""),
    ("cf", "c", "c"),
    # What is given comes before the environment as a whole, …
    ("Tt", "T", ""),
    ("Cc", "C", "C"),
    ("UPt", "UP", "UP"),
    ("UPc", "UP", "UP c"),
    ("UPtcf", "UP", "UP Uf c"),
    ("UKtcp", "UK", "UK Up c"),
    ("UPup", "UP", "UP"),
    ("Ct", "C", "C"),
    ("Cup", "C", "C up"),
    # … whose variables complete it …
    ("Up", "Up", "Up"),
    ("Uf", "Uf", "Uf"),
    ("Upt", "Up", "Up"),
    ("Utcp", "Up", "Up c"),
    ("Pu", "uP", "uP"),
    ("Ku", "uK", "uK"),
    ("Fu", "uF", "uF"),
    ("Putc", "uP", "uP c"),
    ("Fufp", "uF", "uF up"),
    # … or renew its token.
    ("Tup", "T", "up"),
    ("Tc", "T", "c"),
    ("Tuf", "T", "uf"),
    ("TUPc", "T", "UP c"),
    ("TUp", "T", "Up"),
    ("TUpc", "T", "Up c"),
]


@pytest.mark.parametrize(("given", "used", "renewals"), PRECEDENCE, ids=[row[0] for row in PRECEDENCE])
def test_precedence(given, used, renewals):
    found = connection(given)
    assert spelt(found.credentials) == used
    assert [spelt(way) for way in found.renewals] == renewals.split()


@pytest.mark.parametrize(
    ("method", "given", "used", "renewals"),
    [
        ("token", "TUP", "T", "UP"),
        ("password", "TUP", "UP", "UP"),
        ("password", "UKP", "UP", "UP UK"),
        ("password", "CUP", "UP", "UP C"),
        ("service_account", "UKP", "UK", "UK UP"),
        ("service_account", "TUF", "UF", "UF"),
        ("service_account", "CUK", "C", "C UK"),
        ("password", "Utcp", "Up", "Up c"),
    ],
)
def test_method_narrows_the_choice(method, given, used, renewals):
    found = connection(given, auth_method=method)
    assert (found.method, spelt(found.credentials)) == (method, used)
    assert [spelt(way) for way in found.renewals] == renewals.split()


@pytest.mark.parametrize(
    ("method", "given", "used", "renewals"),
    [("password", "tup", "up", "up"), ("token", "tup", "t", "up"), ("service_account", "tcup", "c", "c up")],
)
def test_method_of_the_environment_narrows_the_choice(method, given, used, renewals):
    found = connection(given, {"DCOS_AUTH_METHOD": method})
    assert (found.method, spelt(found.credentials)) == (method, used)
    assert [spelt(way) for way in found.renewals] == renewals.split()


@pytest.mark.parametrize(
    ("given", "params", "words"),
    [
        ("", {}, "No credentials: give auth_token"),
        ("p", {}, "auth_password is given without a user: add auth_username"),
        ("F", {}, "auth_private_key_path is given without a user"),
        ("U", {}, "add auth_password, or, for a service account, auth_private_key"),
        ("u", {}, "auth_username is given without anything to log in with"),
        # A token of the environment is not what a given username asks for.
        ("Ut", {}, "auth_username is given without anything to log in with"),
        ("Uc", {}, "auth_username is given without anything to log in with"),
        ("UP", {"auth_method": "token"}, "needs auth_token (or DCOS_ACS_TOKEN)"),
        ("T", {"auth_method": "password"}, "needs auth_username and auth_password (or DCOS_USERNAME"),
        ("UP", {"auth_method": "service_account"}, "needs auth_credential, or auth_username with auth_private_key"),
    ],
)
def test_missing_credentials_are_named(given, params, words):
    with pytest.raises(AuthError, match=words.replace("(", r"\(").replace(")", r"\)")):
        connection(given, **params)


@pytest.mark.parametrize("blank", [" ", "\n"])
def test_a_blank_token_is_none(blank):
    """What a template or an empty file makes of a token that is not there."""
    with pytest.raises(AuthError, match="No credentials: give auth_token"):
        resolve({"url": URL, "auth_token": blank}, {"DCOS_ACS_TOKEN": blank})
    found = resolve({"url": URL, "auth_token": blank, "auth_username": "u", "auth_password": blank}, {})
    assert found.method == "password"
    environ = {"DCOS_ACS_TOKEN": blank, "DCOS_USERNAME": "u", "DCOS_PASSWORD": "p"}
    assert resolve({"url": URL}, environ).method == "password"


def test_the_method_of_the_environment_is_for_its_own_credentials():
    assert connection("UP", {"DCOS_AUTH_METHOD": "token"}).method == "password"
    with pytest.raises(AuthError, match="auth_method token"):
        connection("up", {"DCOS_AUTH_METHOD": "token"})


def test_an_unknown_method_in_the_environment_is_named():
    with pytest.raises(InputError, match="DCOS_AUTH_METHOD must be one of auto, token.*, not 'basic'"):
        connection("up", {"DCOS_AUTH_METHOD": "basic"})


def test_anonymous_leaves_credentials_out():
    found = resolve({"url": URL, "auth_token": "T"}, {"DCOS_USERNAME": "u", "DCOS_PASSWORD": "p"}, anonymous=True)
    assert (found.credentials, found.renewals) == (ANONYMOUS, ())
    assert resolve({"url": URL}, {}, anonymous=True).url == URL


def test_empty_is_not_given():
    nothing = {name: "" for name, option in CONNECTION_SPEC.items() if option["type"] in ("str", "path", "jsonarg")}
    environ = {"DCOS_URL": "https://env.example.com", "DCOS_ACS_TOKEN": "t", "DCOS_TIMEOUT": "", "DCOS_CLUSTER": ""}
    found = resolve(nothing, environ)
    assert found.url == "https://env.example.com"
    assert spelt(found.credentials) == "t"
    assert (found.ca_path, found.validate_certs, found.timeout, found.retries) == (None, True, 30.0, 3)


# option, its value, variable, the variable's text, the value of that
CONNECTION = [
    ("url", "https://given", "DCOS_URL", "https://env", "https://env"),
    ("ca_path", "/given.pem", "DCOS_TLS_CA_PATH", "/env.pem", "/env.pem"),
    ("validate_certs", True, "DCOS_TLS_INSECURE", "1", False),
    ("validate_certs", False, "DCOS_TLS_INSECURE", "0", True),
    ("timeout", 7.5, "DCOS_TIMEOUT", "2", 2.0),
]


@pytest.mark.parametrize(("option", "value", "variable", "text", "meant"), CONNECTION)
def test_an_option_comes_before_its_variable(option, value, variable, text, meant):
    params = {"url": URL, "auth_token": "T"}
    if option == "url":
        del params["url"]
    assert getattr(resolve(params, {variable: text}), option) == meant
    assert getattr(resolve({**params, option: value}, {variable: text}), option) == value
    assert getattr(resolve({**params, option: value}, {}), option) == value


@pytest.mark.parametrize("text", ["1", "true", "True", "yes", "on", " TRUE "])
def test_insecure_spellings(text):
    assert connection("T", {"DCOS_TLS_INSECURE": text}).validate_certs is False


@pytest.mark.parametrize("text", ["", "0", "false", "no", "off", "maybe"])
def test_what_does_not_say_insecure_is_secure(text):
    assert connection("T", {"DCOS_TLS_INSECURE": text}).validate_certs is True


@pytest.mark.parametrize(("retries", "meant"), [(None, 3), (0, 0), (5, 5), (-1, 0)])
def test_retries(retries, meant):
    assert connection("T", retries=retries).retries == meant


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e12])
def test_impossible_timeouts_are_refused(timeout):
    with pytest.raises(InputError, match="timeout must be"):
        connection("T", timeout=timeout)
    with pytest.raises(InputError, match="DCOS_TIMEOUT must be"):
        connection("T", {"DCOS_TIMEOUT": str(timeout)})


def test_a_timeout_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="DCOS_TIMEOUT must be .* not 'soon'"):
        connection("T", {"DCOS_TIMEOUT": "soon"})


@pytest.mark.parametrize(("text", "meant"), [("", 64), ("64", 64), ("1", 1), ("1024", 1024)])
def test_the_size_of_an_answer(text, meant):
    assert connection("T", {"DCOS_MAX_ANSWER_MB": text}).max_answer == meant << 20


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "lots", "16385", "nan"])
def test_impossible_sizes_are_refused(text):
    with pytest.raises(InputError, match=f"DCOS_MAX_ANSWER_MB must be .* not '{text}'"):
        connection("T", {"DCOS_MAX_ANSWER_MB": text})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://dcos.example.com", "https://dcos.example.com"),
        ("https://dcos.example.com/", "https://dcos.example.com"),
        (" https://dcos.example.com\n", "https://dcos.example.com"),
        ("HTTPS://dcos.example.com:8443/", "https://dcos.example.com:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://10.0.0.1", "https://10.0.0.1"),
    ],
)
def test_url(url, origin):
    assert connection("T", url=url).url == origin


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "No cluster to talk to: give url (or DCOS_URL), or auth_method: cli"),
        ("dcos.example.com", "url must look like"),
        ("ftp://dcos.example.com", "url must look like"),
        ("https://", "url must look like"),
        ("https://[::1", "url must look like"),
        ("https://dcos.example.com:port", "url must look like"),
        ("https://dcos.example.com:99999", "url must look like"),
        ("https://admin:hunter22@dcos.example.com", "url must not hold a user or password"),
        ("https://dcos.example.com/acs/api/v1", "without a path"),
        ("https://dcos.example.com?x=1", "without a path"),
        ("https://dcos.example.com/#/login", "without a path"),
    ],
)
def test_urls_that_cannot_be_used(url, words):
    with pytest.raises(InputError) as caught:
        connection("T", url=url)
    assert words in str(caught.value)
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://admin:hunter22@[::1", "ftp://admin:hunter22@dcos.example.com"])
def test_a_password_in_an_unusable_url_is_not_repeated(url):
    with pytest.raises(InputError) as caught:
        connection("T", url=url)
    assert "hunter22" not in str(caught.value)


class TestPaths:
    """Relative paths, of options and of the environment alike, lie in one folder."""

    @pytest.mark.parametrize(("folder", "found"), [("/play", "/play"), (None, os.getcwd())])
    def test_of_options(self, folder, found):
        options = {"url": URL, "ca_path": "ca.pem", "auth_username": "u", "auth_private_key_path": "keys/private.pem"}
        for params, environ in (
            (options, {}),
            (
                {"url": URL},
                {"DCOS_TLS_CA_PATH": "ca.pem", "DCOS_USERNAME": "u", "DCOS_PRIVATE_KEY_PATH": "keys/private.pem"},
            ),
        ):
            connection = resolve(params, environ, folder=folder)
            assert connection.ca_path == f"{found}/ca.pem"
            assert connection.credentials.options["auth_private_key_path"] == f"{found}/keys/private.pem"
            assert connection.renewals[0].options == connection.credentials.options

    @pytest.mark.parametrize("given", [{"auth_credential": "file://sa.json"}, {}])
    def test_of_a_credential(self, given):
        variables = {} if given else {"DCOS_SERVICE_ACCOUNT_CREDENTIAL": "file://sa.json"}
        connection = resolve({"url": URL, **given}, variables, folder="/play")
        assert connection.credentials.options == {"auth_credential": "file:///play/sa.json"}

    def test_of_the_cli(self, tmp_path):
        cluster = tmp_path / "dcos" / "clusters" / "1"
        cluster.mkdir(parents=True)
        (cluster / "dcos.toml").write_text(
            '[core]\ndcos_url = "https://cli"\ndcos_acs_token = "T"\nssl_verify = "ca.pem"\n', encoding="utf-8"
        )
        connection = resolve({"auth_method": "cli"}, {"DCOS_DIR": "dcos"}, folder=str(tmp_path))
        assert (connection.url, connection.ca_path) == ("https://cli", f"{tmp_path}/ca.pem")

    def test_absolute_ones_and_other_values_stay(self):
        options = {
            "ca_path": "/etc/ca.pem",
            "auth_private_key_path": None,
            "auth_credential": '{"uid": "x"}',
            "auth_password": "file://password",
            "url": "file://x",
        }
        assert located(options, "/play") == options
        assert located({"ca_path": "ca.pem"}, "/play") == {"ca_path": "/play/ca.pem"}
        assert located({"auth_credential": {"uid": "x"}}, "/play") == {"auth_credential": {"uid": "x"}}
