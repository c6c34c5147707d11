# SPDX-License-Identifier: MIT
"""moto's server without what takes long and shows nothing here: a thousand images of machines, which are looked at whenever
tags are asked for; what is looked for anew at each request, in folders and classes, and is the same each time."""
import functools
import os

from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: F401: of who starts one

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
responses.method_names_from_class = functools.cache(responses.method_names_from_class)
