"""Web server settings: threads, so that a slow payment gateway does not hold a whole process."""

import os

workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
graceful_timeout = 20
timeout = 60
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
no_control_socket = True
