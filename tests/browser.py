"""Pages in a real browser, with a list of all that the browser complains about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Response,
    expect,
)

from tests.browser_setup import MISSING, find_browser

# How long a part takes to appear says how busy the machine is; no test fails of that.
expect.set_options(timeout=60_000)

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """Start the browser that `tests.browser_setup` finds. Raises `RuntimeError` without one."""
    found = find_browser(os.environ)
    if found is None:
        raise RuntimeError(MISSING)
    return playwright.chromium.launch(executable_path=found, args=FLAGS)


# Not every violation is in the console; what is an error there is a complaint.
_POLICY = """document.addEventListener("securitypolicyviolation", violation =>
    console.error(`policy: ${violation.effectiveDirective}: ${violation.blockedURI}`))"""


@dataclass
class Visit:
    """A page that is open, and what the browser had to complain of: nothing may be."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def settled(self) -> None:
        """Returns when the script has run to its end and everything is drawn."""
        app = self.page.locator('[data-testid="stApp"]')
        app.wait_for(state="attached")
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                const busy = document.querySelector('[data-testid="stSkeleton"]');
                return app?.dataset.testScriptState === 'notRunning' && !busy;
            }""",
            timeout=60_000,
        )
        # What was sent is drawn in the next frames.
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )


@contextmanager
def person(
    browser: Browser, *, width: int = 1440, height: int = 1000, scheme: str = "light"
) -> Iterator[BrowserContext]:
    """A new person's browser: nothing is stored in it yet, and what it loads it keeps."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        accept_downloads=True,
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    try:
        context.add_init_script(_POLICY)
        yield context
    finally:
        context.close()


@contextmanager
def tab(page: Page, address: str) -> Iterator[Visit]:
    """Opens `address` in a tab that nobody looks at, and waits until it has settled.

    In a tab that showed another page before, the browser does half the work.
    """
    opened = Visit(page)
    with _listening(opened):
        page.mouse.move(0, 0)
        page.goto(address)
        opened.settled()
        yield opened
    page.goto("about:blank")


@contextmanager
def visit(
    browser: Browser, address: str, *, width: int = 1440, height: int = 1000, scheme: str = "light"
) -> Iterator[Visit]:
    """Opens `address` as a new person would, and waits until it has settled."""
    with (
        person(browser, width=width, height=height, scheme=scheme) as context,
        tab(context.new_page(), address) as opened,
    ):
        yield opened


@contextmanager
def _listening(opened: Visit) -> Iterator[None]:
    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not _probe(message.location["url"]):
            opened.complaints.append(f"console: {message.text}")

    def response(answer: Response) -> None:
        if answer.status >= 400 and not (answer.status == 404 and _probe(answer.url)):
            opened.complaints.append(f"{answer.status}: {answer.url}")

    def script(error: Error) -> None:
        opened.complaints.append(f"script: {error}")

    def failed(request: Request) -> None:
        opened.complaints.append(f"failed: {request.url}")

    opened.page.on("console", console)
    opened.page.on("response", response)
    opened.page.on("pageerror", script)
    opened.page.on("requestfailed", failed)
    try:
        yield
    finally:
        opened.page.remove_listener("console", console)
        opened.page.remove_listener("response", response)
        opened.page.remove_listener("pageerror", script)
        opened.page.remove_listener("requestfailed", failed)


def _probe(url: str) -> bool:
    """Opened at /page, Streamlit looks for its server below /page first, to learn where it is."""
    path = urlsplit(url).path
    return path.count("/") > 2 and path.endswith(("/_stcore/health", "/_stcore/host-config"))
