"""Headless Chromium for tests, through the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium here, so nothing is tested in a browser; Debian and Ubuntu have one: apt-get install chromium"
_PATIENCE = 30.0
"""Seconds after which a page that does not come is a failure."""
_KEY_CODES = {"ArrowUp": 38, "ArrowDown": 40, "Enter": 13, "Escape": 27, "Home": 36, "End": 35}
_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 8}


def find() -> str | None:
    """Path of a Chromium, or `None`."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@contextmanager
def launched(profile: Path) -> Iterator["Tab"]:
    """A browser with one tab, without a window and without a network but this machine."""
    program = find()
    assert program is not None, MISSING
    words = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--no-first-run"]
    words += ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars"]
    words += ["--no-sandbox"]  # it has none for root and in many containers, and opens nothing but our page
    process = subprocess.Popen([program, *words, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        tab = Tab(_address(profile / "DevToolsActivePort", process))
        try:
            yield tab
        finally:
            tab.close()
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _address(file: Path, process: "subprocess.Popen[bytes]") -> str:
    """Where the browser listens, which it writes into its profile."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if file.exists() and len(lines := file.read_text("utf-8").split("\n")) > 1:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        assert process.poll() is None, "the browser ended"
        time.sleep(0.02)
    raise TimeoutError("the browser does not listen")


class ProtocolError(Exception):
    """The browser could not do what it was asked, such as to look at a page that is just being left."""


class Tab:
    """The one tab of a browser."""

    def __init__(self, address: str) -> None:
        import websocket

        self.address = address
        """Where the browser listens; another tab can be made of it."""
        self._socket = websocket.create_connection(address, timeout=_PATIENCE, suppress_origin=True)
        self._number = 0
        self._session = ""
        self.messages: list[str] = []
        """What the page wrote to its console, and its exceptions."""
        self.dialogs: list[str] = []
        """Kinds of the browser's own dialogs; all of them are accepted."""
        self._target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._socket.close()

    def close_target(self) -> None:
        """Close the tab as a person does, without its question whether to leave."""
        self.call("Target.closeTarget", targetId=self._target)
        self.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its answer; events meanwhile are noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps({**message, "sessionId": self._session} if self._session else message))
        number = self._number
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            self._note(answer)
        if "error" in answer:
            raise ProtocolError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _note(self, event: dict[str, Any]) -> None:
        given = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.messages.append(given["exceptionDetails"]["exception"].get("description", "exception"))
            case "Log.entryAdded" if given["entry"]["source"] != "network":
                self.messages.append(given["entry"]["text"])
            case "Page.javascriptDialogOpening":
                self.dialogs.append(given["type"])
                self._number += 1  # its answer is passed over like an event
                accept = {"id": self._number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self._socket.send(json.dumps({**accept, "sessionId": self._session}))

    def open(self, address: str) -> None:
        """Load an address, also if only its fragment differs."""
        self.call("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank' && document.readyState === 'complete'")
        self.call("Page.navigate", url=address)

    def reload(self) -> None:
        self.run("window.isOld = true")
        self.call("Page.reload")
        self.wait("!window.isOld && document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with suppress(ProtocolError):
                if self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value"):
                    return
            time.sleep(0.02)
        raise TimeoutError(f"{script}: {self.run('document.body.innerText')[:2000]} {self.messages}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other; `shift+ArrowDown`, `ctrl+z`."""
        for key in keys:
            *held, name = key.split("+")
            code = _KEY_CODES.get(name, ord(name[0].upper()))
            text = {"Enter": "\r"}.get(name, name) if (len(name) == 1 or name == "Enter") and "ctrl" not in held else ""
            event = {"key": name, "windowsVirtualKeyCode": code, "modifiers": sum(_MODIFIERS[word] for word in held)}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **event)
            self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def click(self, selector: str, *, shift: bool = False) -> None:
        """Click into the middle of an element, once that is where a click would meet it.

        A dialog that is still closing lies over the page, and a message that comes in moves what is under it.
        """
        place = (
            "(e => {e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            "const [x, y] = [b.x + b.width / 2, b.y + b.height / 2];"
            "return e.contains(document.elementFromPoint(x, y)) ? [x, y] : null})"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        self.wait(place)
        box = self.run(place)
        where = {"x": box[0], "y": box[1], "button": "left", "clickCount": 1, "modifiers": 8 if shift else 0}
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **where)

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """Set the colour scheme, `light` or `dark`."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shoot(self, path: Path) -> None:
        """Write a picture of what is in the window."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
