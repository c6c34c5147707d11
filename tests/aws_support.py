# SPDX-License-Identifier: MIT
"""An AWS that is not there, for scripts that call aws: moto in this process, with faults on demand, and the real aws command
line, which a process that has it loaded already runs (its start takes longer than its work)."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading

SERVER = r'''
import os, select, signal, socket, sys
import awscli.clidriver
# Calls that fail load what is loaded late.
os.environ.update(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_MAX_ATTEMPTS="1", AWS_DEFAULT_REGION="eu-west-1")
driver = awscli.clidriver.create_clidriver()
for words in ("s3 cp /etc/hostname s3://b/k", "s3 cp s3://b/k /nonexistent/k", "s3api head-object --bucket b --key k", "ssm get-parameter --name n",
              "secretsmanager get-secret-value --secret-id n", "rds describe-db-instances", "cloudwatch put-metric-data --namespace n --metric-name m --value 1"):
    driver.main(words.split())
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(50)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    peer, _ = listener.accept()
    if os.fork():
        peer.close()
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, fds, _, _ = socket.recv_fds(peer, 1 << 20, 3)
    while len(text) < 8 or len(text) < 8 + int(text[:8]):
        text += peer.recv(1 << 20)
    count, *words = text[8:].split(b"\0")
    args, folder, environment = words[:int(count)], words[int(count)], words[int(count) + 1:]
    worker = os.fork()
    if worker == 0:
        for to, fd in enumerate(fds):
            os.dup2(fd, to)
        os.chdir(folder)
        os.environ.clear()
        os.environb.update(pair.split(b"=", 1) for pair in environment)
        driver.session._credentials = None  # those of the calls above
        status = 255
        try:
            status = driver.main([os.fsdecode(a) for a in args])
        except SystemExit as e:
            status = e.code if isinstance(e.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status or 0)
    for fd in fds:
        os.close(fd)
    pid = os.pidfd_open(worker)
    ready, _, _ = select.select([pid, peer], [], [])
    if pid not in ready:
        os.kill(worker, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    try:
        peer.sendall(bytes([status if status >= 0 else 255]))
    except OSError:
        pass
    os._exit(0)
'''

# Few modules: this starts a thousand times. What is sent: length, then arguments, folder and environment, apart by NUL.
CLIENT = r'''#!{python} -ISB
import _socket, posix, sys
s = _socket.socket(_socket.AF_UNIX)
s.connect("{path}")
words = [a.encode("utf-8", "surrogateescape") for a in sys.argv[1:]]
call = b"\0".join([b"%d" % len(words), *words, posix.getcwdb(), *[k + b"=" + v for k, v in posix.environ.items()]])
call = b"%08d" % len(call) + call
fds = b"".join(n.to_bytes(4, sys.byteorder) for n in range(3))
n = s.sendmsg([call[:60000]], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)])
while n < len(call):
    n += s.send(call[n:])
posix.close(1)
posix._exit((s.recv(1) or b"\xff")[0])
'''


class Cli:
    """`aws` in the folder `bin`."""

    def __init__(self, folder, bin_folder):
        self.path = os.path.join(folder, "aws.socket")
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, self.path], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = os.path.join(bin_folder, "aws")
        with open(client, "w", encoding="utf-8") as f:
            f.write(CLIENT.format(python=os.path.realpath(sys.executable), path=self.path))
        os.chmod(client, 0o755)

    def stop(self):
        self.process.terminate()
        self.process.wait()


EXPIRED = b"""<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"""


class Cloud:
    """moto behind a door where requests can be refused, cut off, or answered with something else."""

    def __init__(self):
        from moto_quick import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

            def log(self, *_):
                pass

        self.inner = DomainDispatcherApplication(create_backend_app)
        self.clients = {}
        self.faults = []
        self.seen = []
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, service, region="eu-west-1"):
        if (service, region) not in self.clients:
            self.clients[service, region] = self.connect(service, region)
        return self.clients[service, region]

    def connect(self, service, region):
        import boto3
        from botocore.config import Config
        return boto3.client(service, region_name=region, endpoint_url=self.url, aws_access_key_id="ours", aws_secret_access_key="test",
                            config=Config(retries={"max_attempts": 1}))

    @contextlib.contextmanager
    def fault(self, service, what, method="", path="", times=1 << 30):
        """Requests to the service by the scripts, with this method and this in their path, are answered by `what`: "expired", "cut", "away",
        or a function of status, headers and body."""
        fault = {"service": service, "method": method, "path": path, "what": what, "times": times, "met": 0}
        self.faults.insert(0, fault)
        try:
            yield fault
        finally:
            self.faults.remove(fault)

    def find(self, environ):
        scope = environ.get("HTTP_AUTHORIZATION", "")
        if "Credential=ours/" in scope:
            return None
        self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        for fault in self.faults:
            where = environ["PATH_INFO"] + "?" + environ.get("QUERY_STRING", "")
            if f"/{fault['service']}/aws4_request" in scope and fault["method"] in environ["REQUEST_METHOD"] and fault["path"] in where:
                if fault["times"] > fault["met"]:
                    fault["met"] += 1
                    return fault["what"]
        return None

    def answer(self, environ, start_response):
        what = self.find(environ)
        if what == "expired":
            length = int(environ.get("CONTENT_LENGTH") or 0)
            environ["wsgi.input"].read(length)
            kind = "text/xml" if "/s3/" in environ["HTTP_AUTHORIZATION"] else "application/x-amz-json-1.1"
            body = EXPIRED if "xml" in kind else json.dumps({"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}).encode()
            if environ["REQUEST_METHOD"] == "HEAD":
                body = b""
            start_response("400 Bad Request", [("Content-Type", kind), ("Content-Length", str(len(body)))])
            return [body]
        if what == "cut":
            with contextlib.suppress(OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            start_response("500 Gone", [("Content-Length", "0")])
            return [b""]
        if what == "away":
            start_response("503 Slow Down", [("Content-Length", "0")])
            return [b""]
        if what is None:
            return self.inner(environ, start_response)
        return self.changed(environ, start_response, what)

    def changed(self, environ, start_response, what):
        begun = {}

        def begin(status, headers, _exc=None):
            begun.update(status=status, headers=headers)
        body = b"".join(self.inner(environ, begin))
        status, headers, body = what(begun["status"], dict(begun["headers"]), body)
        start_response(status, list(headers.items()))
        return [body]

    def stop(self):
        self.server.shutdown()
