"""What tests of the page share: a browser, the page from file:// without a network, and ways to use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

FOLDER = Path(__file__).parent


class BrowserTests(unittest.TestCase):
    """A browser for all tests of a class; the page must complain of nothing and ask for nothing."""

    report: ClassVar[dict[str, Any]]
    playwright: ClassVar[Playwright]
    browser: ClassVar[Browser]
    window: ClassVar[Page]
    folder: ClassVar[tempfile.TemporaryDirectory[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """Draws the page by the command that users have, and starts the browser."""
        if not hasattr(cls, "report"):
            raise unittest.SkipTest("tests are in the classes below")
        if "BROWSER_PATH" not in os.environ:
            raise RuntimeError("no browser is named; run Scripts/report/test, which finds or installs one")
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        (Path(cls.folder.name) / "report.json").write_text(json.dumps(cls.report), encoding="utf-8")
        command = [sys.executable, str(FOLDER / "draw.py"), cls.folder.name, "--no-figures"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(executable_path=os.environ["BROWSER_PATH"])
        cls.addClassCleanup(cls.browser.close)

        # One window, loaded anew by each test: the browser keeps what it compiled, three times as fast.
        cls.window = cls.browser.new_context(offline=True).new_page()

    def setUp(self) -> None:
        """Opens the page."""
        self.page = self.open(self.window)

    def open(self, window: Page) -> Page:
        """Opens the page in `window`; its complaints and requests are looked at when the test ends."""
        address = (Path(self.folder.name) / "report.html").as_uri()
        complaints: list[str] = []
        requests: list[str] = []
        listeners: dict[str, Callable[[Any], None]] = {
            "console": lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None,
            "pageerror": lambda error: complaints.append(str(error)),
            "request": lambda request: requests.append(request.url),
        }

        def check() -> None:
            for event, listener in listeners.items():
                window.remove_listener(event, listener)
            self.assertEqual(complaints, [])
            self.assertEqual([r for r in requests if not r.startswith(("data:", "blob:"))], [address])

        self.addCleanup(check)
        for event, listener in listeners.items():
            window.on(event, listener)
        window.goto(address)
        return window

    def choose(self, group: str, label: str) -> None:
        """Presses a radio button or a box of a group of choices."""
        self.page.get_by_role("group", name=group).get_by_label(label, exact=True).click()

    def rows(self, table: str) -> list[dict[str, str]]:
        """Returns the text of a table's rows by column."""
        return self.page.eval_on_selector_all(
            f"#{table} tbody tr",
            """rows => rows.map(
                 row => Object.fromEntries([...row.children].map(c => [c.dataset.column, c.innerText])))""",
        )

    def click_point(self, chart: str, method: str, position: int) -> None:
        """Clicks where the chart shows entry `position` of a method's line."""
        self.page.locator(f"#{chart}").scroll_into_view_if_needed()
        x, y = self.page.evaluate(
            """([chart, method, position]) => {
              const element = document.getElementById(chart);
              const trace = element.data.find(t => t.customdata && (!method || t.name === method));
              const { xaxis, yaxis } = element._fullLayout;
              window.wasClicked = false;
              element.once("plotly_click", () => { window.wasClicked = true; });
              const box = element.querySelector(".nsewdrag").getBoundingClientRect();
              return [box.left + xaxis.d2p(trace.x[position]), box.top + yaxis.d2p(trace.y[position])];
            }""",
            [chart, method, position],
        )
        self.page.mouse.move(x, y)
        self.page.mouse.move(x + 1, y)
        self.page.wait_for_selector(f"#{chart} .hoverlayer .hovertext")
        self.page.mouse.down()
        self.page.mouse.up()
        # The page's own listener comes before this one, and on a busy machine neither at once.
        self.page.wait_for_function("() => window.wasClicked")
