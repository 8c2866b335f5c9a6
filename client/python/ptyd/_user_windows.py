"""Who runs this program, on Windows."""
from __future__ import annotations

import ctypes
from typing import Any


def user_sid() -> str:
    """The user's SID as text, which is in the name of the daemon's pipe. Errors: OSError."""
    windows: Any = ctypes
    security, kernel = windows.WinDLL("advapi32", use_last_error=True), windows.WinDLL("kernel32", use_last_error=True)
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.CloseHandle.argtypes = kernel.LocalFree.argtypes = [ctypes.c_void_p]
    security.OpenProcessToken.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p]
    security.GetTokenInformation.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32,
                                             ctypes.c_void_p]
    security.ConvertSidToStringSidW.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    token, size, text = ctypes.c_void_p(), ctypes.c_uint32(), ctypes.c_wchar_p()
    if not security.OpenProcessToken(kernel.GetCurrentProcess(), 8, ctypes.byref(token)):  # TOKEN_QUERY
        raise windows.WinError(windows.get_last_error())
    try:
        buffer = ctypes.create_string_buffer(256)  # TOKEN_USER and a SID of at most 68 bytes
        if not security.GetTokenInformation(token, 1, buffer, len(buffer), ctypes.byref(size)):  # TokenUser
            raise windows.WinError(windows.get_last_error())
        sid = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_void_p))[0]
        if not security.ConvertSidToStringSidW(sid, ctypes.byref(text)):
            raise windows.WinError(windows.get_last_error())
        found = text.value or ""
        kernel.LocalFree(text)
        return found
    finally:
        kernel.CloseHandle(token)
