"""Run the laboratory: `python -m paylab PORT`, keys and file from the environment."""

import logging
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from paylab.gateway import Gateway, Keys
from paylab.notices import Messenger
from paylab.store import Store


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """A server with a thread for each request."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    """Does not print a line for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Say nothing."""


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    port = int(sys.argv[1])
    keys = Keys(
        app_id=os.environ["PAYLAB_APP_ID"],
        private=os.environ["PAYLAB_GATEWAY_PRIVATE_KEY"],
        shop_public=os.environ["PAYLAB_SHOP_PUBLIC_KEY"],
    )
    store = Store(Path(os.environ["PAYLAB_DATABASE"]))
    Messenger(store, keys.private).start()
    gateway = Gateway(store, keys, os.environ.get("PAYLAB_URL") or f"http://127.0.0.1:{port}")
    with make_server("127.0.0.1", port, gateway, ThreadingServer, QuietHandler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
