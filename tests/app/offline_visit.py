"""Opens every tab of a freshly installed view on a machine that is connected to nothing.

Run by test_offline_install.py inside a network of its own: PYTHON LINKAGE_SIM FOLDER. Prints one
JSON document: errors of the page, requests to elsewhere, and what stood on each tab.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.app.conftest import CHROMIUM, QUIET, Visit, serving

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
TABS = {"compare": "[data-role=sentence]", "inside": "[data-role=sampled]",
        "evidence": "[data-role=limits] tbody tr"}


def connect_to_itself() -> None:
    """Switch the loopback device on: a new network has nothing else, and even that is off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        name = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(asked, SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(asked, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def is_offline() -> bool:
    """Tell whether an address elsewhere cannot even be tried."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        return trial.connect_ex(("192.0.2.1", 53)) != 0


def main(program: str, folder: str) -> None:
    from playwright.sync_api import sync_playwright

    connect_to_itself()
    told: dict[str, object] = {"offline": is_offline()}
    with serving(program=[program], folder=Path(folder)) as (address, _), \
            sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        seen = Visit(browser, address + "?v=1&s=toy&p=fast_approval")
        # A fresh install compiles first.
        told["sentence"] = seen.wait_for_pairs(most_ms=240_000)
        for tab, ready in TABS.items():
            seen.page.click(f"[data-tab={tab}]")
            seen.page.wait_for_selector(ready, timeout=60_000, state="attached")
            told[tab] = len(seen.page.inner_text("body"))
        images = "Array.from(document.images).filter(i => i.complete && !i.naturalWidth).length"
        told["broken_images"] = seen.page.evaluate(images)
        told |= {"errors": seen.errors, "outside": seen.outside}
        browser.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
