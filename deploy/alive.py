"""The health check of a service's container: 0 when /livez answers 200.

A container runtime restarts what ended, not what is unhealthy. So a process that says of itself that it is not worth keeping
(503) is asked to end, as process 1 of its container. Run with `python -IS`: no more is imported than is needed, because
this runs every few seconds beside a process that uses nearly nothing.
"""

import os
import signal
import socket
import sys

PORT = int(os.environ.get("BELLTOWER_HTTP_PORT", "8080"))

try:
    with socket.create_connection(("127.0.0.1", PORT), timeout=4) as connection:
        connection.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        status = connection.recv(12).rpartition(b" ")[2]
except OSError as error:
    sys.exit(f"/livez does not answer: {error}.")
if status == b"503":
    os.kill(1, signal.SIGTERM)
if status != b"200":
    sys.exit(f"/livez answered {status.decode(errors='replace')}.")
