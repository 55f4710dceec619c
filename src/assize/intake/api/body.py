"""The body of a call: read, limited, unpacked."""

import zlib

from starlette.requests import Request

from assize.intake.errors import BodyTooBig, Malformed, UnknownEncoding

MAX_BYTES = 16 * 1024 * 1024  # packed and unpacked alike: a small file that unpacks to more is an attack or a mistake
_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, *, encoding: bytes) -> bytes:
    """Return the body of a call, unpacked. Raises BodyTooBig, UnknownEncoding, Malformed."""
    packed = encoding.strip().lower()
    if packed not in {b"identity", b"gzip", b"x-gzip", b""}:
        raise UnknownEncoding(field="Content-Encoding")
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BYTES:
            raise BodyTooBig(limit=MAX_BYTES)
        pieces.append(piece)
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return unpacked(data) if b"gzip" in packed else data


def unpacked(data: bytes) -> bytes:
    """Return gzip data unpacked, never more than MAX_BYTES of it. Raises BodyTooBig, Malformed."""
    found: list[bytes] = []
    left = MAX_BYTES
    while data:
        unpack = zlib.decompressobj(_GZIP)
        try:
            piece = unpack.decompress(data, left + 1)
        except zlib.error as error:
            raise Malformed(expected="gzip", reason="it can't be unpacked", pointer="") from error
        left -= len(piece)
        if left < 0:
            raise BodyTooBig(limit=MAX_BYTES)
        if not unpack.eof:
            raise Malformed(expected="gzip", reason="it ends in the middle", pointer="")
        found.append(piece)
        data = unpack.unused_data
    return b"".join(found)
