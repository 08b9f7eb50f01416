#!/usr/bin/env python3
"""receiver.py DIR: takes notices over HTTP, HTTPS and SMTP on loopback.

What came stands in DIR/received, a JSON object a line: by HTTP "method",
"path", "headers", "body"; by SMTP "from", "to", "login", "tls", "mail", and of
the mail "headers" and "text". The ports stand in DIR/ports: HTTP, HTTPS, SMTP
with STARTTLS, SMTP with TLS from the start, SMTP without TLS. DIR holds cert.pem
and key.pem (tls.bash).

DIR/answers, if it is there, says how to answer: a status a line, used up from
the top, the last one stays; "stall" answers nothing. SMTP answers with it, too,
where it is 400 or more. The only login is notices, notice-Secret-5d1e.
"""
import asyncio
import email
import email.policy
import json
import os
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
lock = threading.Lock()


def note(record):
    with lock, open(f"{folder}/received", "a") as out:
        out.write(json.dumps(record) + "\n")


def next_answer():
    with lock:
        try:
            with open(f"{folder}/answers") as answers:
                lines = answers.read().split()
        except FileNotFoundError:
            lines = []
        if len(lines) > 1:
            with open(f"{folder}/answers", "w") as answers:
                answers.write("\n".join(lines[1:]) + "\n")
        return lines[0] if lines else "200"


class Web(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        note({
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": self.rfile.read(length).decode("utf-8", "replace"),
        })
        status = next_answer()
        if status == "stall":
            time.sleep(3600)
        self.send_response(int(status))
        if status.startswith("3"):
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        words = f"no {self.path}" if "/echo/" in self.path else "so it is"
        self.wfile.write(f"{words}\n".encode())

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


class Mail:
    async def handle_DATA(self, server, session, envelope):
        status = next_answer()
        if int(status) >= 400:
            return f"{status} not now"
        mail = email.message_from_bytes(
            envelope.content, policy=email.policy.default)
        note({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "login": session.auth_data,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "mail": envelope.content.decode("ascii"),
            "headers": {k.lower(): str(v) for k, v in mail.items()},
            "text": mail.get_content().replace("\r\n", "\n"),
        })
        return "250 taken"


def login(_server, _session, _envelope, _mechanism, data):
    good = data.login == b"notices" and data.password == b"notice-Secret-5d1e"
    return AuthResult(success=good, handled=good, auth_data="notices" if good else None)


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web_tls = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web_tls.socket = tls.wrap_socket(web_tls.socket, server_side=True)
    ports = [serve(web), serve(web_tls)]
    loop = asyncio.get_running_loop()
    wants_tls = {"tls_context": tls, "require_starttls": True,
                 "authenticator": login}
    # From the start: the login is as safe as after STARTTLS.
    inside = {"authenticator": login, "auth_require_tls": False}
    for options, context in ((wants_tls, None), (inside, tls), ({}, None)):
        smtp = await loop.create_server(
            lambda options=options: SMTP(Mail(), hostname="receiver", **options),
            "127.0.0.1", 0, ssl=context)
        ports.append(smtp.sockets[0].getsockname()[1])
    with open(f"{folder}/ports.new", "w") as out:
        out.write(" ".join(map(str, ports)) + "\n")
    os.rename(f"{folder}/ports.new", f"{folder}/ports")
    await asyncio.Event().wait()


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
asyncio.run(main())
