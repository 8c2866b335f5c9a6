"""The sole right to type into a session, or to size it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .errors import Error, ErrorCode
from .requests import ClaimRequest, ReleaseRequest
from .values import LeaseInfo, LeaseKind

if TYPE_CHECKING:
    from .session import Session


class Lease:
    """Made by Session.claim(). Others are refused with BUSY until it is released, its time is over, somebody steals it, or
    a person at a terminal types. Then whoever names its token is refused, too. Released when `async with` is left."""

    def __init__(self, session: Session, kind: LeaseKind, token: bytes, info: LeaseInfo) -> None:
        self.session = session
        self.kind = kind
        self.token = token  # who knows it may do what the holder may: give it as `lease=`
        self.info = info

    def __repr__(self) -> str:
        return f"<ptyd.Lease {self.kind.name} of {self.session.name!r}>"

    async def __aenter__(self) -> Lease:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.release()
        except Error as error:
            # It was over before, or the session is.
            if error.code not in (ErrorCode.BUSY, ErrorCode.NOT_FOUND, ErrorCode.UNAVAILABLE):
                raise

    async def prolong(self, ttl: Optional[float] = None) -> None:
        """For `ttl` seconds from now; without, as long as this connection is there. Errors: BUSY, when it is over."""
        request = ClaimRequest(session=self.session.id, kind=self.kind, ttl_ms=int((ttl or 0) * 1000), lease=self.token)
        reply = await self.session.client.request(request, repeat=ttl is not None)
        self.info = reply.info or self.info

    async def release(self) -> bool:
        """False: nobody held it. Errors: BUSY, when somebody else does by now."""
        claimed = self.session.client._claimed
        if claimed.get(self.session.id) is self:
            del claimed[self.session.id]
        request = ReleaseRequest(session=self.session.id, kind=self.kind, lease=self.token)
        return (await self.session.client.request(request, repeat=True)).released
