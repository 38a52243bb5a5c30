"""Web server settings: threads, so that a slow payment gateway does not hold a whole process."""

from shop import env

workers = env.number("WEB_WORKERS", 2, minimum=1)
threads = env.number("WEB_THREADS", 4, minimum=1)
worker_class = "gthread"
preload_app = True
graceful_timeout = 20
timeout = 60
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
no_control_socket = True
