# SPDX-License-Identifier: MIT
"""A server of AWS's API that does what a test says: each request is checked, also its signature, by botocore's signer."""
import datetime
import email.utils
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse

UNSIGNED = {"authorization", "user-agent", "accept", "accept-encoding", "content-length", "connection"}


class Request:
    """`target` is path and query as they were sent, `headers` an email.message.Message."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.url = urllib.parse.urlsplit(target)

    @property
    def operation(self):
        return self.headers.get("X-Amz-Target", "").rpartition(".")[2] or self.form.get("Action", "")

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode("utf-8", "replace")))

    @property
    def access_key(self):
        return self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]

    def time(self):
        return datetime.datetime.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)

    def wrong_signature(self, secrets):
        """What is wrong with it, or None."""
        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        words = dict(w.split("=", 1) for w in self.headers["Authorization"].partition(" ")[2].split(", "))
        access, day, region, service, _ = words["Credential"].split("/")
        names = words["SignedHeaders"].split(";")
        missing = {k.lower() for k in self.headers} - set(names) - UNSIGNED
        if missing or "host" not in names:
            return f"not signed: {missing}, signed: {names}"
        request = AWSRequest(self.method, f"http://{self.headers['Host']}{self.target}", data=self.body)
        for name in names:
            for value in self.headers.get_all(name):
                request.headers.add_header(name, value)
        del request.headers["X-Amz-Date"]
        request.headers["X-Amz-Date"] = self.headers["X-Amz-Date"]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(access, secrets[access]), service, region)
        wanted = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        if day != self.headers["X-Amz-Date"][:8] or wanted != words["Signature"]:
            return f"the signature of {self.method} {self.target} is not botocore's"
        return None


class Reply:
    """`raw`: all bytes of the answer, sent `at_once` bytes at a time with `wait_s` between; then the connection ends, by a reset or not."""

    def __init__(self, status=200, body=b"{}", headers=(), cut=0, date_shift_s=0, wait_s=0, raw=None, at_once=1 << 20, reset=False):
        self.status, self.body, self.headers, self.cut = status, body.encode() if isinstance(body, str) else body, dict(headers), cut
        self.date_shift_s, self.wait_s, self.raw, self.at_once, self.reset = date_shift_s, wait_s, raw, at_once, reset


def error(code, message="", status=400, **more):
    return Reply(status, json.dumps({"__type": code, "message": message}), **more)


class Door:
    """`answer(request, count)` gives the Reply to each; `count` is how often this operation was asked for before."""

    def __init__(self, answer, secrets=(), tls=None):
        self.answer, self.secrets, self.seen, self.wrong = answer, dict(secrets), [], []
        door, lock = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *args):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def send_raw(self, reply):
                for at in range(0, len(reply.raw), reply.at_once):
                    self.wfile.write(reply.raw[at:at + reply.at_once])
                    time.sleep(reply.wait_s)
                self.close_connection = True
                if reply.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()

            def send(self, reply):
                if reply.raw is not None:
                    self.send_raw(reply)
                    return
                time.sleep(reply.wait_s)
                self.send_response_only(reply.status)
                self.send_header("Date", email.utils.formatdate(time.time() + reply.date_shift_s, usegmt=True))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[:len(reply.body) - reply.cut])
                self.close_connection = self.close_connection or reply.cut > 0

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, self.headers, body)
                with lock:
                    count = sum(r.operation == request.operation and r.url.path == request.url.path for r in door.seen)
                    door.seen.append(request)
                    if door.secrets and "Authorization" in request.headers:
                        why = request.wrong_signature(door.secrets)
                        if why:
                            door.wrong.append(why)
                self.send(door.answer(request, count))

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        if tls:
            import ssl
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls + "/server.crt", tls + "/server.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https://localhost' if tls else 'http://127.0.0.1'}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()
