# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an audit as a real browser has it: Debian's chromium and chromium-driver."""

from __future__ import annotations

import os
import shutil

import pytest

from ansible_collections.dcos.security.plugins.plugin_utils import _audit, _audit_html
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import certificate, facts_of, identity

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and CHROMEDRIVER), reason="no browser (apt-get install chromium chromium-driver)"
)

FOREVER = 600  # seconds until a browser that hangs is given up; nothing here is measured
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"


@pytest.fixture
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in (
        "--headless=new", "--disable-dev-shm-usage", "--disable-component-update", "--disable-background-networking",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ):  # fmt: skip
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    driver.set_page_load_timeout(FOREVER)
    driver.set_script_timeout(FOREVER)
    yield driver
    assert [entry["message"] for entry in driver.get_log("browser")] == []
    driver.quit()


@pytest.fixture
def show(browser, tmp_path):
    """Return a function that opens the report on some identities; the rest is what the user has."""

    def showing(*identities, width=1200, dark=False, script=True):
        facts = facts_of(*identities)
        page = tmp_path / "identities.html"
        page.write_text(_audit_html.as_html(_audit.audit(facts, findings(facts))), encoding="utf-8")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        browser.get(page.as_uri())
        return browser

    return showing


def some():
    """An identity with findings of three severities, a quiet one, and one with a hostile name."""
    kafka = identity("kafka", certificates=[certificate("kafka/tls")], superuser="direct", groups=["queues"])
    wild = identity("wild", description=HOSTILE, permissions=[{"rid": HOSTILE, "actions": ["full"]}], key_size=1024)
    wild["credentials"][0].update(path=HOSTILE, login_endpoint=f"http://{HOSTILE}")
    return kafka, identity("spark"), wild


def seen(browser, selector):
    """How many of the elements can be seen."""
    shown = "return [...document.querySelectorAll(arguments[0])].filter(one => one.checkVisibility()).length"
    return browser.execute_script(shown, selector)


def test_search_filter_and_links(show):
    browser = show(*some())
    everything = seen(browser, ".finding")
    assert everything > 3 and browser.title.startswith("Service identities")
    browser.find_element("id", "text").send_keys("superuser by itself")
    assert seen(browser, ".finding") == 1
    assert browser.find_element("id", "shown").text == f"1 of {everything} findings"
    browser.find_element("id", "text").clear()
    browser.find_element("id", "text").send_keys(" \b")
    choose = (
        "const box = document.getElementById('severity'); box.value = 'high'; box.dispatchEvent(new Event('change'))"
    )
    browser.execute_script(choose)
    assert seen(browser, ".finding") == len(browser.find_elements("css selector", ".finding[data-severity=high]"))
    browser.execute_script("location.hash = 'id-kafka'; window.dispatchEvent(new Event('hashchange'))")
    assert browser.find_element("id", "id-kafka").get_attribute("open")


def test_by_keyboard_alone(show):
    browser = show(*some())
    finding = browser.find_element("css selector", ".finding")
    finding.find_element("tag name", "summary").send_keys("\n")
    assert finding.get_attribute("open")
    order = browser.execute_script("return [...document.querySelectorAll('a.skip, input, select, summary')].length")
    assert order == 1 + 2 + len(browser.find_elements("css selector", "details"))


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_telephone_and_in_the_dark(show, dark):
    browser = show(*some(), width=390, dark=dark)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") != dark


def test_without_script_everything_is_there(show):
    browser = show(*some(), script=False)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert seen(browser, ".tools") == 0, "what does nothing is not shown"
    assert seen(browser, ".finding") > 3 and seen(browser, ".identity") == 3


def test_in_print_everything_is_open(show):
    browser = show(*some())
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert all(one.get_attribute("open") for one in browser.find_elements("css selector", ".finding"))


def test_two_thousand_identities(show):
    browser = show(*(identity(f"service-{number}", key_size=1024 if number % 2 else 2048) for number in range(2000)))
    assert seen(browser, ".identity") == 2000 and seen(browser, ".finding") == 1000
    browser.find_element("id", "text").send_keys("service-1999")
    assert seen(browser, ".identity") == 1 and seen(browser, ".finding") == 1
