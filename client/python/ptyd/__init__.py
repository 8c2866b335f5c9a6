"""Drives terminals of ptyd, which outlive their windows, clients and the daemon. See docs/PYTHON.md."""
import pkgutil

# The generated ptyd/v1/ptyd_pb2.py may be in another folder of sys.path, as in a tree that was not installed.
__path__ = pkgutil.extend_path(__path__, __name__)

from . import requests, screen, until, values  # noqa: E402
from ._version import __version__  # noqa: E402
from .chunks import Chunk, Ended, Gap, InputLost, InputRefused, Lost, Output, Resumed, Snapshot  # noqa: E402
from .client import Client, connect  # noqa: E402
from .dialog import Dialog, Found  # noqa: E402
from .errors import Error, ErrorCode, ExpectEnded, ExpectError, ExpectTimeout  # noqa: E402
from .escape import escape_text  # noqa: E402
from .expect import Expected  # noqa: E402
from .lease import Lease  # noqa: E402
from .session import Executed, Session  # noqa: E402
from .terminal import Terminal  # noqa: E402
from .values import (Command, EndReason, EventType, ExitStatus, FlowPolicy, ResourceUsage, Role,  # noqa: E402
                     SessionInfo, SessionState, SizePolicy, WindowSize)

__all__ = [
    "Chunk", "Client", "Command", "Dialog", "EndReason", "Ended", "Error", "ErrorCode", "EventType", "ExitStatus",
    "ExpectEnded", "ExpectError", "ExpectTimeout", "Executed", "Expected", "FlowPolicy", "Found", "Gap", "InputLost",
    "InputRefused", "Lease", "Lost", "Output", "ResourceUsage", "Resumed", "Role", "Session", "SessionInfo",
    "SessionState", "SizePolicy", "Snapshot", "Terminal", "WindowSize", "__version__",
    "connect", "escape_text", "requests", "screen", "until", "values",
]
