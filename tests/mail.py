"""A mail server of the tests' own, on a free port of the loopback."""

import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from queue import Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Conversation(StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        for line in self.rfile:
            word = line.split()[0].upper()
            if word == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.put(message_from_bytes(b"".join(lines), policy=policy.default))
            self.say("221 bye" if word == b"QUIT" else "250 yes")

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def server():
    """Its address as EMAIL_URL has it, and the mails that came."""
    with ThreadingTCPServer(("127.0.0.1", 0), Conversation) as post:
        post.daemon_threads = True
        post.mails = Queue()
        threading.Thread(target=post.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{post.server_address[1]}", post.mails
        post.shutdown()
