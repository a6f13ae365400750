"""Reading an answer's body without trusting its size, its encoding or its end."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from k6desk.api.errors import BadAnswer

_STEP = 1 << 20
"""How much is inflated at once, so that a bomb neither fills the memory nor holds up the event loop."""


@asynccontextmanager
async def raw_chunks(response: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The body of an answer as it comes; afterwards the answer is closed, read to its end or not."""
    chunks = response.aiter_raw()
    try:
        yield chunks
    finally:
        await response.aclose()
        # What was not read to its end ends here, with an error: left to the garbage collector, which cannot await, it
        # would end with a complaint.
        with suppress(httpx.TransportError, httpx.StreamError):
            async for _ in chunks:
                pass


async def read_body(
    headers: httpx.Headers, chunks: AsyncIterator[bytes], limit: int, *, must_be_whole: bool = False
) -> bytes:
    """The decoded body of at most `limit` bytes, made of `chunks` as they came.

    `must_be_whole` refuses a body whose end nothing marks: that one cannot tell a broken connection from its end. JSON
    need not, because half of it does not parse.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return await _inflate(chunks, limit)
    if encoding not in {"", "identity"}:
        raise BadAnswer("The server packed its answer in a way that k6desk did not ask for, so it was not used.")
    parts, size = [], 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        parts.append(chunk)
    if must_be_whole and not {"content-length", "transfer-encoding"} & headers.keys():
        raise _cut_off()
    return b"".join(parts)


async def _inflate(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    body = bytearray()
    try:
        async for chunk in chunks:
            packed = chunk
            while packed:
                body += inflate.decompress(packed, _STEP)
                if len(body) > limit:
                    raise _too_large(limit)
                if inflate.unused_data:
                    raise BadAnswer("The server's answer goes on after its end, so k6desk did not use it.")
                packed = inflate.unconsumed_tail
                if packed:
                    await asyncio.sleep(0)
        body += inflate.flush()
    except zlib.error:
        raise BadAnswer("The server's answer is damaged, so k6desk did not use it; try again.") from None
    if not inflate.eof:
        raise _cut_off()
    if len(body) > limit:
        raise _too_large(limit)
    return bytes(body)


def _cut_off() -> BadAnswer:
    return BadAnswer("The server's answer ended too early, so k6desk did not use it; try again.")


def _too_large(limit: int) -> BadAnswer:
    most = f"{limit >> 20} MiB" if limit >> 20 else f"{limit >> 10} KiB"
    return BadAnswer(f"The server's answer is larger than {most}, so k6desk did not use it.")
