"""A server whose pages are closed after three seconds; on each line it reads it says what it holds.

The limit is a parameter of the server and no option of the command: tests alone shorten it.
"""

from __future__ import annotations

import json
import sys
import threading

from linkage_sim.app.guard import Door
from linkage_sim.app.server import run
from linkage_sim.app.service import service


def tell() -> None:
    """Answer each line with the pages that are open and the tasks that are being done."""
    from solara.server import kernel_context

    for _ in sys.stdin:
        held = {"pages": len(kernel_context.contexts), "busy": service().pool.busy()}
        sys.stdout.write(json.dumps(held) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    threading.Thread(target=tell, daemon=True).start()
    run(["toy", "x_community"], (), "127.0.0.1", int(sys.argv[1]), Door(), "en", 2,
        lambda: None, idle="3s")
