"""A provider to sign in with, and browsers that do: cookies, redirects and the page's WebSocket."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    decode_signed_value,
)
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.serving import free_port, wait_for

# A run ends with one of these; a third state announces that another run follows at once.
_ENDS = (0, 3)
_ESCAPED = re.compile(r"\\([^\w\s])")  # as `md_text` escapes
PATIENCE = 60.0
COOKIE_SECRET = "s" * 40


@contextmanager
def provider() -> Iterator[str]:
    """A real OpenID Connect provider on a free port, with nobody in it yet."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(15)


def account(provider: str, subject: str, **claims: object) -> None:
    """Gives the provider an account, or the account other claims from its next sign-in on."""
    httpx.put(f"{provider}/users/{subject}", json=claims, trust_env=False).raise_for_status()


def secrets(path: Path, providers: Mapping[str, str]) -> None:
    """Writes Streamlit's secrets file, with each provider under its name; "" is the only one."""
    lines = [
        "[auth]",
        'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"',
        f'cookie_secret = "{COOKIE_SECRET}"',
    ]
    for name, url in providers.items():
        lines += [f"[auth.{name}]"] if name else []
        lines += [
            'client_id = "dashboard"',
            'client_secret = "secret"',
            f'server_metadata_url = "{url}/.well-known/openid-configuration"',
        ]
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    path.write_text(text, "utf-8")
    path.chmod(0o600)


@dataclass
class Shown:
    """What a run of the page sent: its texts, its buttons by key, where its links lead, and whether
    there is a menu."""

    texts: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    has_menu: bool = False
    has_data: bool = False
    is_lost: bool = False
    redirect: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


class Browser:
    """One person's browser: its cookies, and as many tabs as they open."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(
            trust_env=False, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def sign_in(self, subject: str, *, button: str = "sign_in_default", page: str = "") -> str:
        """Presses the button at `page` and is that account at the provider; where it led to."""
        return self.http.get(self.way_back(subject, button, page)).headers["location"]

    def way_back(self, subject: str, button: str = "sign_in_default", page: str = "") -> str:
        """Where the provider leads once somebody is that account there."""
        with self.tab() as tab:
            tab.open(page)
            way = tab.press(button).redirect
        assert way
        asked = self.http.get(urljoin(self.url, way), headers={"Referer": f"{self.url}/{page}"})
        return self.http.post(asked.headers["location"], data={"sub": subject}).headers["location"]

    def leave(self, redirect: str | None) -> None:
        """Goes where a page that is being left leads to, as far as this server."""
        assert redirect
        self.http.get(urljoin(self.url, redirect), headers={"Sec-Fetch-Site": "same-origin"})

    def export(self, name: str = "hours.csv") -> httpx.Response:
        return self.http.get(f"{self.url}/export/{name}", params={"period": "30d"})

    def claim(self, secret: str, **claims: object) -> "Browser":
        """Another browser, whose sign-in cookie has these claims in place of this one's."""
        other = self.copy()
        cookie = next(one for one in other.http.cookies.jar if one.name == USER_COOKIE_NAME)
        signed = str(cookie.value).encode("latin-1")
        told = json.loads(decode_signed_value(secret, USER_COOKIE_NAME, signed) or b"")
        text = json.dumps(told | claims)
        cookie.value = create_signed_value(secret, USER_COOKIE_NAME, text).decode()
        return other

    def copy(self) -> "Browser":
        """Another browser, of somebody who got hold of this one's cookies."""
        other = Browser(self.url)
        other.http.cookies.update(self.http.cookies)
        return other

    @contextmanager
    def tab(self, heard: list[bytes] | None = None) -> Iterator["Tab"]:
        """A tab; what the server sends is kept in `heard` where that is given."""
        there = urlsplit(self.url)
        self.http.get(f"{self.url}/_stcore/health")
        cookies = {one.name: one.value or "" for one in self.http.cookies.jar}
        token = cookies.get("_streamlit_xsrf", "")
        with connect(
            f"ws://{there.netloc}{there.path}/_stcore/stream",
            origin=Origin(f"{there.scheme}://{there.netloc}"),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())},
            max_size=None,
            max_queue=None,
            compression=None,
            proxy=None,
        ) as socket:
            yield Tab(socket, heard)


class Tab:
    """A page that is open."""

    def __init__(self, socket: ClientConnection, heard: list[bytes] | None = None) -> None:
        self._socket = socket
        self._heard = heard
        self._page = ("", "")
        self._ids: dict[str, str] = {}  # of widgets, by key
        self._held: dict[str, dict[str, Any]] = {}  # what they hold, by id
        self._beats: dict[float, str] = {}
        self.fragments: list[str] = []
        self.kinds: dict[str, str] = {}  # of elements, by key of the widget

    def open(self, address: str = "") -> Shown:
        page, _, query = address.partition("?")
        self._page = (page, query)
        self._held, self._ids, self.fragments = {}, {}, []
        return self._run(BackMsg())

    def set(self, widget: str, **value: Any) -> Shown:
        """Gives the first widget whose key begins so that value, and it keeps it on this page."""
        id = next(id for key, id in self._ids.items() if key.startswith(widget))
        self._held[id] = value
        return self._run(BackMsg())

    def has(self, widget: str) -> bool:
        return any(key.startswith(widget) for key in self._ids)

    def widgets(self) -> list[str]:
        """The keys of those of this page."""
        return list(self._ids)

    def again(self) -> Shown:
        """Draws the page again, as any click on it does."""
        return self._run(BackMsg())

    def press(self, button: str) -> Shown:
        asked = BackMsg()
        asked.rerun_script.widget_states.widgets.add(id=self._ids[button], trigger_value=True)
        return self._run(asked)

    def beat(self, seconds: float) -> Shown:
        """What the browser does by itself every so many seconds."""
        asked = BackMsg()
        asked.rerun_script.fragment_id = self._beats[seconds]
        asked.rerun_script.is_auto_rerun = True
        return self._run(asked)

    def rerun_fragment(self, fragment: str) -> Shown:
        """Draws one of `fragments` again, as a click inside of it does."""
        asked = BackMsg()
        asked.rerun_script.fragment_id = fragment
        return self._run(asked)

    def send(self, message: BackMsg) -> None:
        """Sends a message of any kind, and waits for no answer."""
        self._socket.send(message.SerializeToString())

    def send_raw(self, data: bytes | str) -> None:
        """Sends a frame of its own, and waits for the next that comes."""
        self._socket.send(data)
        while True:
            self._socket.recv(timeout=PATIENCE)

    def _run(self, asked: BackMsg) -> Shown:
        asked.rerun_script.page_name, asked.rerun_script.query_string = self._page
        for id, value in self._held.items():
            asked.rerun_script.widget_states.widgets.add(id=id, **value)
        self._socket.send(asked.SerializeToString())
        shown = Shown()
        while True:
            answer = ForwardMsg()
            data = self._socket.recv(timeout=PATIENCE, decode=False)
            if self._heard is not None:
                self._heard.append(data)
            answer.ParseFromString(data)
            kind = answer.WhichOneof("type")
            if answer.delta.fragment_id and answer.delta.fragment_id not in self.fragments:
                self.fragments.append(answer.delta.fragment_id)
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._notice(answer.delta.new_element, shown)
            elif kind == "delta" and answer.delta.WhichOneof("type") == "add_block":
                block = answer.delta.add_block
                self._widget(getattr(getattr(block, block.WhichOneof("type") or "id"), "id", ""))
            elif kind == "navigation":
                shown.has_menu |= answer.navigation.position != 0
            elif kind == "page_not_found":
                shown.is_lost = True
            elif kind == "auth_redirect":
                shown.redirect = answer.auth_redirect.url
            elif kind == "auto_rerun":
                self._beats[answer.auto_rerun.interval] = answer.auto_rerun.fragment_id
            elif kind == "script_finished" and answer.script_finished in _ENDS:
                return shown

    def _widget(self, id: str) -> str:
        """Its key; what it was given goes to it from now on."""
        key = id.split("-", 2)[-1]
        if key:
            self._ids[key] = id
        return key

    def _notice(self, element: Any, shown: Shown) -> None:
        kind = element.WhichOneof("type")
        one = getattr(element, kind)
        key = self._widget(getattr(one, "id", ""))
        self.kinds[key] = kind
        if kind == "button":
            shown.buttons[key] = one.label
        shown.has_data |= kind in ("metric", "dataframe", "plotly_chart")
        body = getattr(one, "body", None)
        if kind == "link_button":
            body = one.label
            shown.links.append(one.url)
        if isinstance(body, str):
            shown.texts.append(_ESCAPED.sub(r"\1", body.replace("\u2060", "")))
        if kind == "code":
            shown.texts.append(one.code_text)
