"""Deadlines: every wait of a test has one."""
import os
import select
import time

# Sanitized programs on a busy machine are slow; a deadline only has to be finite.
DEADLINE = float(os.environ.get("PTYD_TEST_DEADLINE", "30"))


class Timeout(AssertionError):
    pass


def remaining(until, what):
    left = until - time.monotonic()
    if left <= 0:
        raise Timeout(f"waited too long for {what}")
    return left


def eventually(condition, what, deadline=DEADLINE):
    """Polls what can't be waited for: files and processes of others."""
    until = time.monotonic() + deadline
    poller = select.poll()
    while not (result := condition()):
        remaining(until, what)
        poller.poll(5)
    return result
