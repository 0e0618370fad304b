"""moto's server on a free port of 127.0.0.1, with the handlers of CloudFormation types in this folder.

Prints one line, `Listening on http://127.0.0.1:<port>`, and ends when its standard input ends.
"""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from handler import register
from handlers import HANDLERS

server = make_server(
    "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=MotoRequestHandler
)
url = f"http://127.0.0.1:{server.port}"
os.environ["MOTO_PORT"] = str(server.port)
register(HANDLERS, url)


def end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
print(f"Listening on {url}", flush=True)
server.serve_forever()
