"""Wakes those who wait for a condition; they look at the condition themselves."""
from __future__ import annotations

import asyncio
from typing import Optional, Set


class Signal:
    def __init__(self) -> None:
        self._waiters: Set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self, timeout: Optional[float] = None) -> bool:
        """False: `timeout` seconds have passed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            if timeout is None:
                await waiter
                return True
            done, _ = await asyncio.wait({waiter}, timeout=max(timeout, 0))
            return bool(done)
        finally:
            self._waiters.discard(waiter)
