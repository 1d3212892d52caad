"""Undo what a server did to the body of a response on its way: transfer and content encodings."""

import re
import zlib

from linesift.read.record import MAX_RECORD

_CHUNK_SIZE = re.compile(rb"(?:\r\n)?([0-9a-fA-F]{1,7})[^\r\n]{0,100}\r\n")
_ARROW_CODECS = {"br": "brotli", "zstd": "zstd"}
"""Content encodings that pyarrow undoes, where it is installed."""


class SkippedError(Exception):
    """A record is skipped; the text is the field of `WarcCounts` that counts it."""


def decode_body(payload: bytes, http: dict[str, str]) -> bytes:
    """Undo transfer and content encodings, if need be: most archives store the page decoded but keep the headers.

    Raises:
        SkippedError: `not_decoded` for an encoding that cannot be undone here, `too_large` for a page that is too
            large once decompressed, `truncated` for one that is cut off.
    """
    if "chunked" in http.get("transfer-encoding", "").lower():
        payload = _join_chunks(payload)
    encoding = http.get("content-encoding", "").lower()
    if encoding in ("", "identity") or payload.lstrip()[:1] == b"<":
        return payload
    if encoding in _ARROW_CODECS:
        return _decode_with_arrow(payload, _ARROW_CODECS[encoding])
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SkippedError("not_decoded")
    for window in (47, -15):  # gzip or zlib, and the headless deflate that some servers send
        unpack = zlib.decompressobj(window)
        try:
            unpacked = unpack.decompress(payload, MAX_RECORD)
        except zlib.error:
            continue
        if unpack.unconsumed_tail:
            raise SkippedError("too_large")
        if not unpack.eof:  # half a page must not pass for a whole one
            raise SkippedError("truncated")
        return unpacked
    return payload


def _decode_with_arrow(payload: bytes, codec: str) -> bytes:
    try:
        from pyarrow import BufferReader, CompressedInputStream
    except ImportError as error:
        raise SkippedError("not_decoded") from error
    try:
        with CompressedInputStream(BufferReader(payload), codec) as stream:
            unpacked = bytes(stream.read(MAX_RECORD + 1))
    except OSError as error:
        raise SkippedError("not_decoded") from error
    if len(unpacked) > MAX_RECORD:
        raise SkippedError("too_large")
    return unpacked


def _join_chunks(payload: bytes) -> bytes:
    """Payload of a chunked body; the body itself if it is not chunked."""
    chunks: list[bytes] = []
    place = 0
    while size := _CHUNK_SIZE.match(payload, place):
        length = int(size[1], 16)
        if not length:
            return b"".join(chunks)
        chunks.append(payload[size.end() : size.end() + length])
        place = size.end() + length
    return b"".join(chunks) if place >= len(payload) and chunks else payload
