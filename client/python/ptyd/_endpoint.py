"""Where the daemon listens, and how a connection to it is made: the same rules as those of ptyctl."""
from __future__ import annotations

import asyncio
import errno
import os
import shutil
import socket
import struct
import sys
import time
from typing import Mapping, Optional

from ._stream import SocketStream, Stream
from .errors import Error, ErrorCode

_RETRY_S = 0.02  # until the daemon has taken others from its queue
PIPE_PREFIX = "\\\\.\\pipe\\"


def default_socket(environment: Optional[Mapping[str, str]] = None) -> str:
    """The daemon's socket of this user. Errors: INVALID_ARGUMENT for a path that can't be one."""
    values = os.environ if environment is None else environment
    if values.get("PTYD_SOCKET"):
        return check_socket(values["PTYD_SOCKET"], "PTYD_SOCKET")
    if sys.platform == "win32":
        from ._user_windows import user_sid
        return f"{PIPE_PREFIX}ptyd-{user_sid()}"
    if values.get("XDG_RUNTIME_DIR"):
        folder = check_socket(values["XDG_RUNTIME_DIR"], "XDG_RUNTIME_DIR")
        return os.path.join(folder.rstrip("/") or "/", "ptyd", "ptyd.sock")
    return os.path.join(_temporary_folder(), f"ptyd-{os.geteuid()}", "ptyd.sock")


def check_socket(path: str, source: str) -> str:
    fits = path.startswith(PIPE_PREFIX) if sys.platform == "win32" else path.startswith("/")
    if not fits or "\0" in path:
        kind = "no name of a pipe" if sys.platform == "win32" else "not an absolute path"
        raise Error(ErrorCode.INVALID_ARGUMENT, f"{source} gives {path!r}, which is {kind}", subject=source)
    return path


def _temporary_folder() -> str:
    # TMPDIR is not asked: it differs between the programs of one user, who must all find the same daemon.
    if sys.platform == "darwin":
        return os.confstr(65537) or "/tmp"  # _CS_DARWIN_USER_TEMP_DIR
    return "/tmp"


def peer_user(connected: socket.socket) -> int:
    """The user who listens at the other end, as the kernel says it."""
    if sys.platform == "linux":
        _, user, _ = struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        return int(user) & 0xFFFFFFFF
    import ctypes
    user_id, group_id = ctypes.c_uint(), ctypes.c_uint()
    if ctypes.CDLL(None, use_errno=True).getpeereid(connected.fileno(), ctypes.byref(user_id), ctypes.byref(group_id)):
        raise OSError(ctypes.get_errno(), "getpeereid")
    return user_id.value


async def open_stream(path: str, autostart: bool, ptyctl: Optional[str], until: float) -> Stream:
    """Connects, and starts the daemon when none listens and `autostart` is set. `until` is of time.monotonic().
    Errors: UNAVAILABLE, PERMISSION_DENIED, DEADLINE_EXCEEDED."""
    while True:
        try:
            if sys.platform == "win32":
                from ._stream_windows import open_pipe
                return await open_pipe(path)
            return _connect(path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
                if not autostart:
                    raise Error(ErrorCode.UNAVAILABLE, f"no daemon listens at {path}", subject=path,
                                hint="'ptyctl daemon start' starts it; sessions of an earlier one live on") from error
                autostart = False
                await _start_daemon(path, ptyctl, until)
                continue
            if error.errno != errno.EAGAIN:
                raise _system_error(f"connect to {path}", error) from error
        if time.monotonic() >= until:
            raise Error(ErrorCode.DEADLINE_EXCEEDED, f"the daemon at {path} does not take connections",
                        hint="it may be stuck; 'ptyctl doctor' looks closer")
        await asyncio.sleep(_RETRY_S)


def _connect(path: str) -> Stream:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.setblocking(False)
        try:
            connected.connect(path)
        except OSError as error:
            if error.errno is None:
                raise OSError(errno.ENAMETOOLONG, str(error)) from error
            raise
        user = peer_user(connected)
        if user != os.geteuid():
            raise Error(ErrorCode.PERMISSION_DENIED,
                        f"the listener at {path} runs as user {user}, this program as user {os.geteuid()}",
                        hint="nothing was sent to it; check PTYD_SOCKET and who may write to that folder", subject=path)
        return SocketStream(connected)
    except BaseException:
        connected.close()
        raise


def _system_error(what: str, error: OSError) -> Error:
    code = {errno.EACCES: ErrorCode.PERMISSION_DENIED, errno.EPERM: ErrorCode.PERMISSION_DENIED,
            errno.ENAMETOOLONG: ErrorCode.INVALID_ARGUMENT}.get(error.errno or 0, ErrorCode.UNAVAILABLE)
    return Error(code, f"{what}: {error.strerror or error}", os_error=error.errno or 0)


def _find_ptyctl() -> str:
    # As with the daemon itself: what lies in the current folder is not started.
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    found = shutil.which("ptyctl", path=os.pathsep.join(folders)) if folders else None
    if found:
        return found
    raise Error(ErrorCode.UNAVAILABLE, "no daemon runs, and there is no ptyctl in PATH to start it",
                hint="install ptyd, or say where it is: connect(ptyctl=...)")


async def _start_daemon(path: str, ptyctl: Optional[str], until: float) -> None:
    program = ptyctl or _find_ptyctl()
    left = max(until - time.monotonic(), 0.1)
    try:
        process = await asyncio.create_subprocess_exec(
            program, "--socket", path, "--timeout", f"{int(left * 1000)}ms", "daemon", "start",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    except OSError as error:
        raise _system_error(f"start {program}", error) from error
    talking = asyncio.ensure_future(process.communicate())
    try:
        done, _ = await asyncio.wait({talking}, timeout=left + 1)
        if not done:
            raise Error(ErrorCode.DEADLINE_EXCEEDED, f"'{program} daemon start' does not end")
        _, said = talking.result()
    finally:
        if process.returncode is None and not talking.done():
            process.kill()
            await asyncio.wait({talking})
    if process.returncode != 0:
        raise Error(ErrorCode.UNAVAILABLE, f"'{program} daemon start' ended with {process.returncode}",
                    hint=said.decode(errors="replace").strip()[-500:])
