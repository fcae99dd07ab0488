"""How much memory this machine has left for what is about to be read whole."""

import sys

if sys.platform == "win32":
    import ctypes

    class _Status(ctypes.Structure):
        """Windows' MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("total", ctypes.c_ulonglong),
            ("available", ctypes.c_ulonglong), ("total_pagefile", ctypes.c_ulonglong),
            ("available_pagefile", ctypes.c_ulonglong), ("total_virtual", ctypes.c_ulonglong),
            ("available_virtual", ctypes.c_ulonglong), ("available_extended", ctypes.c_ulonglong),
        )  # fmt: skip

    def free_memory() -> int | None:
        """Bytes that can be taken without pushing other programs out."""
        status = _Status(length=ctypes.sizeof(_Status))
        done = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.available) if done else None

else:
    from pathlib import Path

    def free_memory() -> int | None:
        """Bytes that can be taken without pushing other programs out; None where the system does not say (macOS)."""
        try:
            lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        except OSError:
            return None
        found = (line.split() for line in lines if line.startswith("MemAvailable:"))
        return next((int(words[1]) * 1024 for words in found), None)
