"""One request as an old client of a foreign system sends it, octet by octet where that matters."""

import base64
import http.client
import json
import socket


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = {name.lower(): value for name, value in fields}
        self.body = body

    def json(self):
        return json.loads(self.body)


def ask(port, method, target, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def ask_raw(port, text):
    """Sends `text` as it is, and gives everything up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(text.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        octets = b""
        while True:
            some = connection.recv(65536)
            if not some:
                return octets
            octets += some


def basic(user, password, encoding="utf-8"):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode(encoding)).decode()


def segments(token):
    """Header and claims of a token as the texts that they are."""
    parts = token.split(".")
    assert len(parts) == 3, token
    return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode() for part in parts[:2]]
