# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for people, and the test controls, as a real browser has them: Debian's chromium and chromium-driver."""

from __future__ import annotations

import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from emulator_process import Running
from observed_keys import SPKI

selenium = pytest.importorskip("selenium", reason="selenium is not installed (pip install 'dcos-emulator[test]')")

from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and CHROMEDRIVER), reason="no browser (apt-get install chromium chromium-driver)"
)

FOREVER = 600  # seconds until a browser that hangs is given up; nothing here is measured

SCRIPT = "<script>document.title='owned'</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in (
        "--headless=new", "--ignore-certificate-errors", "--disable-dev-shm-usage", "--disable-component-update",
        "--disable-background-networking", "--host-resolver-rules=MAP evil.example 127.0.0.1",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ):  # fmt: skip
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.set_page_load_timeout(FOREVER)
    driver.set_script_timeout(FOREVER)
    yield driver
    driver.quit()


def text_of(browser: webdriver.Chrome, section: str) -> str:
    return browser.execute_script("return document.getElementById(arguments[0]).innerText", section)


def wait_for(browser: webdriver.Chrome, section: str, text: str) -> None:
    """Wait until a section of the page shows the text."""
    WebDriverWait(browser, FOREVER, poll_frequency=0.1).until(lambda _browser: text in text_of(browser, section))


def width(browser: webdriver.Chrome, pixels: int) -> None:
    metrics = {"width": pixels, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.fixture
def filled(start_emulator: Callable[..., Running]) -> Iterator[Running]:
    emulator = start_emulator("--port", "0")
    emulator.iam("PUT", "users/web-frontend", {"public_key": SPKI, "description": SCRIPT})
    emulator.iam("PUT", "groups/operators", {"description": "d" * 300})
    emulator.call("PUT", "/secrets/v1/secret/default/" + "/".join(["a-long-path"] * 20), {"value": "the-value"})
    emulator.call(
        "POST", "/ca/api/v2/newcert", {"request": {"CN": "www.example.com", "key": {"algo": "ecdsa", "size": 256}}}
    )
    emulator.send("GET", "/acs/api/v1/users/<script>document.title='owned'</script>")
    yield emulator
    emulator.stop()


def test_what_is_seen(browser: webdriver.Chrome, filled: Running) -> None:
    browser.get(filled.url)
    wait_for(browser, "state", "live")
    for section, text in (
        ("facts", "enterprise"), ("accounts", "web-frontend"), ("accounts", SCRIPT), ("groups", "operators"),
        ("permissions", "dcos:superuser"), ("secrets", "a-long-path"), ("certificates", "CN=www.example.com"),
        ("certificates", "DC/OS Root CA"), ("faults", "None is set"), ("journal", "/ca/api/v2/newcert"),
    ):  # fmt: skip
        assert text in text_of(browser, section), section
    assert browser.title == "DC/OS emulator"
    assert "the-value" not in browser.page_source
    # It grows by itself.
    filled.iam("GET", "groups/operators")
    wait_for(browser, "journal", "/acs/api/v1/groups/operators")
    filled.send_json("POST", "/_emulator/faults", {"path": "^/acs/x", "times": None, "action": "reset"})
    wait_for(browser, "faults", "^/acs/x")
    filled.iam("PUT", "users/later", {"password": "geheim"})
    wait_for(browser, "accounts", "later")
    filled.iam("DELETE", "users/later")
    WebDriverWait(browser, FOREVER).until(lambda _browser: "later" not in text_of(browser, "accounts"))
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert asked
    assert all(name.startswith(f"{filled.url}/_emulator/overview") for name in asked)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.parametrize("pixels", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(browser: webdriver.Chrome, filled: Running, pixels: int) -> None:
    width(browser, pixels)
    browser.get(filled.url)
    wait_for(browser, "journal", "/ca/api/v2/newcert")
    wide = browser.execute_script(
        "return [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)"
        ".map(e => e.tagName + '.' + e.className)"
    )
    assert wide == []
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [pixels, pixels]
    small = browser.execute_script(
        "return Math.min(...[...document.querySelectorAll('li, li *')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert small >= 11


def test_an_emulator_that_ends(browser: webdriver.Chrome, filled: Running) -> None:
    browser.get(filled.url)
    wait_for(browser, "state", "live")
    filled.stop()
    wait_for(browser, "state", "does not answer")
    assert "web-frontend" in text_of(browser, "accounts")


# --- and what pages of others can do with it -------------------------------------------------------------------------

ATTACK = """
const [url, done] = arguments, outcomes = [];
const json = '{"path": "attacked", "times": null}';
const tries = [
  () => fetch(url + "/_emulator/faults", {method: "POST", mode: "no-cors", body: json}),
  () => fetch(url + "/_emulator/faults", {method: "POST", mode: "no-cors", body: new Blob([json])}),
  () => fetch(url + "/_emulator/faults", {method: "POST", body: json, headers: {"Content-Type": "application/json"}}),
  () => fetch(url + "/_emulator/journal", {method: "DELETE"}),
  () => fetch(url + "/_emulator/state"),
  () => fetch(url + "/_emulator/state", {mode: "no-cors"}),
  async () => { if (!navigator.sendBeacon(url + "/_emulator/faults", json)) throw 0; },
];
(async () => {
  for (const attempt of tries) {
    try { const answer = await attempt(); outcomes.push(answer && answer.ok ? await answer.text() : "refused"); }
    catch (error) { outcomes.push("refused"); }
  }
  done(outcomes);
})();
"""


@pytest.fixture
def other_site() -> Iterator[str]:
    """The address of another site on this machine, which the browser takes for a secure one as well."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_pages_of_other_sites(browser: webdriver.Chrome, fresh: Running, other_site: str) -> None:
    fresh.token()
    before = fresh.send("GET", "/_emulator/journal").json()
    browser.get(other_site)
    outcomes = browser.execute_async_script(ATTACK, fresh.url)
    assert set(outcomes) == {"refused"}
    assert fresh.send("GET", "/_emulator/faults").json() == {"rules": []}
    assert fresh.send("GET", "/_emulator/journal").json()["entries"][:1] == before["entries"]


def test_dns_rebinding(browser: webdriver.Chrome, fresh: Running) -> None:
    """The browser believes that evil.example is this address, so that the page and the emulator are one site to it."""
    address = fresh.url.replace("127.0.0.1", "evil.example")
    browser.get(address)
    wait_for(browser, "state", "not served as")
    assert text_of(browser, "accounts").strip() == "Accounts"
    assert set(browser.execute_async_script(ATTACK, address)) == {"refused"}
    assert fresh.send("GET", "/_emulator/faults").json() == {"rules": []}
