"""Many conversations with a daemon at once, in one thread. A conversation is a generator: it yields a list of requests,
which are sent at the same time on connections of its own, and is sent the list of their answers: (status, body), or
None for one that never came because the daemon went away before it had answered whole.
"""

import base64
import re
import selectors
import socket
import time
import urllib.parse

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
CLOSES = re.compile(rb"\r\nconnection: *close", re.I)


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def post(authorization, path, body, content_type="application/x-www-form-urlencoded"):
    """The octets of a request; a dictionary is sent as a form. Without authorization where there is none."""
    text = (urllib.parse.urlencode(body) if isinstance(body, dict) else body).encode()
    credentials = f"Authorization: {authorization}\r\n" if authorization else ""
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{credentials}"
            f"Content-Type: {content_type}\r\nContent-Length: {len(text)}\r\n\r\n").encode() + text


def take_answer(buffer):
    """The first whole answer of the buffer, which is taken out of it, and whether the connection ends with it."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    length = CONTENT_LENGTH.search(head)
    size = end + 4 + (int(length[1]) if length else 0)
    if len(buffer) < size:
        return None
    body = bytes(buffer[end + 4:size])
    del buffer[:size]
    return (int(head[9:12]), body), bool(CLOSES.search(head))


class Link:
    """One connection, made when it is first needed and again when the daemon has closed it between two requests."""

    def __init__(self, exchanges, told):
        self.exchanges = exchanges
        self.told = told  # called with each answer
        self.socket = None
        self.waits = False
        self.buffer = bytearray()

    def send(self, request):
        self.waits = True
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.exchanges.port), timeout=20)
                self.exchanges.selector.register(self.socket, selectors.EVENT_READ, self)
            self.socket.sendall(request)
        except OSError:
            self.lose()

    def readable(self):
        try:
            octets = self.socket.recv(262144)
        except OSError:
            octets = b""
        if not octets:
            return self.lose()
        self.buffer += octets
        taken = take_answer(self.buffer)
        if taken:
            self.waits = False
            if taken[1]:
                self.close()
            self.told(taken[0])

    def lose(self):
        """What was written before the end has been read: an answer that is not whole now never will be."""
        self.close()
        if self.waits:
            self.waits = False
            self.exchanges.lost.append(self.told)

    def close(self):
        if self.socket is not None:
            self.exchanges.selector.unregister(self.socket)
            self.socket.close()
        self.socket = None
        self.buffer.clear()


class Conversation:
    def __init__(self, exchanges, steps):
        self.exchanges = exchanges
        self.steps = steps
        self.links = []
        self.answers = []
        self.missing = 0
        self.advance(None)

    def advance(self, answers):
        try:
            requests = self.steps.send(answers)
        except StopIteration:
            return self.end()
        self.answers = [None] * len(requests)
        self.missing = len(requests)
        while len(self.links) < len(requests):
            number = len(self.links)
            self.links.append(Link(self.exchanges, lambda answer, number=number: self.told(number, answer)))
        for link, request in zip(self.links, requests):
            link.send(request)

    def told(self, number, answer):
        self.answers[number] = answer
        self.missing -= 1
        if self.missing == 0:
            self.advance(self.answers)

    def end(self):
        for link in self.links:
            link.close()
        self.exchanges.ended()


class Exchanges:
    """`width` conversations at a time, until all have ended. `tick` is called again and again meanwhile."""

    def __init__(self, port, conversations, width=64, tick=lambda: None, timeout_s=120):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.waiting = iter(conversations)
        self.lost = []
        self.running = 0
        deadline = time.monotonic() + timeout_s
        self.free = width
        try:
            while self.fill() or self.running:
                tick()
                for key, _ in self.selector.select(0 if self.lost else 0.05):
                    if key.fileobj.fileno() >= 0:
                        key.data.readable()
                lost, self.lost = self.lost, []
                for told in lost:
                    told(None)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.running} conversations did not end within {timeout_s} s")
        finally:
            for key in list(self.selector.get_map().values()):
                key.fileobj.close()
            self.selector.close()

    def fill(self):
        """Whether one was begun."""
        begun = False
        while self.free:
            steps = next(self.waiting, None)
            if steps is None:
                return begun
            self.free -= 1
            self.running += 1
            begun = True
            Conversation(self, steps)
        return begun

    def ended(self):
        self.free += 1
        self.running -= 1
