"""A POP3 server on loopback, for tests/real/run: one mailbox, UIDs, messages of any octets.

It does what RFC 1939 asks for and nothing more: the mail is in memory, deletions hold after QUIT.
"""

import socketserver
import threading


class Mailbox:
    """Messages by UID, in order; each is bytes as they are to be sent, without dot-stuffing."""

    def __init__(self, messages):
        self.lock = threading.Lock()
        self.messages = {f"real-{number}": octets for number, octets in enumerate(messages, 1)}

    def listing(self):
        with self.lock:
            return list(self.messages.items())

    def delete(self, uids):
        with self.lock:
            for uid in uids:
                self.messages.pop(uid, None)


def stuffed(octets):
    """As it is sent: CRLF at the end of the last line, a second dot before each first one."""
    lines = octets.split(b"\r\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def table(self, what, listing, deleted, number):
        rows = {n: what(uid, octets) for n, (uid, octets) in enumerate(listing, 1) if uid not in deleted}
        if number:
            self.say(f"+OK {number} {rows[number]}" if number in rows else "-ERR no such message")
            return
        self.say("+OK")
        for n, value in rows.items():
            self.say(f"{n} {value}")
        self.say(".")

    def handle(self):
        listing = self.server.mailbox.listing()
        deleted = set()
        self.say("+OK ready")
        while line := self.rfile.readline():
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            words = rest.split()
            number = int(words[0]) if words and words[0].isdigit() else 0
            message = listing[number - 1] if 0 < number <= len(listing) else None
            word = word.upper()
            if word == "CAPA":
                self.wfile.write(b"+OK\r\nUSER\r\nUIDL\r\nTOP\r\nPIPELINING\r\n.\r\n")
            elif word in ("USER", "PASS", "NOOP"):
                self.say("+OK")
            elif word == "STAT":
                self.say(f"+OK {len(listing)} {sum(len(octets) for _, octets in listing)}")
            elif word == "LIST":
                self.table(lambda _, octets: len(octets), listing, deleted, number)
            elif word == "UIDL":
                self.table(lambda uid, _: uid, listing, deleted, number)
            elif word in ("RETR", "TOP") and message:
                self.say("+OK")
                self.wfile.write(stuffed(message[1]) + b".\r\n")
            elif word == "DELE" and message:
                deleted.add(message[0])
                self.say("+OK")
            elif word == "RSET":
                deleted.clear()
                self.say("+OK")
            elif word == "QUIT":
                self.server.mailbox.delete(deleted)
                self.say("+OK bye")
                return
            else:
                self.say("-ERR not here")


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1 until it is shut down."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, messages):
        super().__init__(("127.0.0.1", 0), Session)
        self.mailbox = Mailbox(messages)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]
