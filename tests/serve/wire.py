"""Requests as bytes on the wire, well-formed and not, by what must come of them."""

from typing import Final

BODY: Final = b'{"username": ""}'
POST: Final = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET: Final = b"GET /v1/users/me HTTP/1.1\r\nHost: x\r\n"
LENGTH: Final = b"Content-Length: %d\r\n" % len(BODY)
CODING: Final = b"Transfer-Encoding: chunked\r\n"
SIZE: Final = b"%x" % len(BODY)
CHUNKS: Final = SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n"

NEXT: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""What follows on the same connection. Its answer shows where the server saw the end of what went before."""
NEXT_ANSWER: Final = b'{"status":"ok"}'


def coded(coding: bytes, body: bytes = CHUNKS, head: bytes = POST) -> bytes:
    """A request whose Transfer-Encoding is that."""
    return head + b"Transfer-Encoding: " + coding + b"\r\n\r\n" + body


def chunked(chunk: bytes) -> bytes:
    return coded(b"chunked", chunk)


def long(length: bytes) -> bytes:
    """A request whose Content-Length is that."""
    return POST + b"Content-Length: " + length + b"\r\n\r\n" + BODY


CLEAR: Final = {
    "a length": long(b"%d" % len(BODY)),
    "a length with zeros before it": long(b"000%d" % len(BODY)),
    "the same length twice": POST + LENGTH + long(b"%d" % len(BODY)).removeprefix(POST),
    "a body of a GET": GET + LENGTH + b"\r\n" + BODY,
    "chunks": chunked(CHUNKS),
    "chunks, in capitals": coded(b"CHUNKED"),
    "chunks, after a tab": coded(b"\tchunked"),
    "an extension of a chunk": chunked(SIZE + b";a=b\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "trailers": chunked(SIZE + b"\r\n" + BODY + b"\r\n0\r\nContent-Length: 9\r\nHost: y\r\n\r\n"),
    "a name with an underscore": POST + b"Transfer_Encoding: chunked\r\n" + LENGTH + b"\r\n" + BODY,
    "lines that end in LF everywhere": long(b"%d" % len(BODY)).replace(b"\r\n", b"\n"),
    "bytes over 127 in a header": GET + b"X-A: \xff\xfe\r\n\r\n",
    "ninety headers": GET + b"".join(b"X-%d: y\r\n" % number for number in range(90)) + b"\r\n",
    "an upgrade to h2c": GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n",
    "an upgrade to WebSocket, of no version": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "empty lines before it": b"\r\n" * 5 + GET + b"\r\n",
    "another method in a header": GET + b"X-HTTP-Method-Override: DELETE\r\n\r\n",
    "a length that is no header to pass on": POST + b"Connection: content-length\r\n" + LENGTH + b"\r\n" + BODY,
    "line ends in a path, encoded": GET.replace(b"/me", b"/a%0d%0aX:%20y") + b"\r\n",
    "NUL in a path, encoded": GET.replace(b"/me", b"/%00%ff%zz") + b"\r\n",
    "an address of this host": GET.replace(b"/v1", b"http://x/v1") + b"\r\n",
    "an address of another host": GET.replace(b"/v1", b"http://evil/v1") + b"\r\n",
    "a tunnel": b"CONNECT evil:80 HTTP/1.1\r\nHost: evil:80\r\n\r\n",
    "a question about the server": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "a body that is announced": POST + LENGTH + b"Expect: 100-continue\r\n\r\n" + BODY,
    "nothing that is announced": GET + b"Expect: 100-continue\r\n\r\n",
    "an announcement that nobody knows": GET + b"Expect: 200-ok\r\n\r\n",
}
"""Every reader sees the same end: it is answered, and so is what follows."""

CUT: Final = {
    "a length and chunks": POST + LENGTH + CODING + b"\r\n" + CHUNKS,
    "chunks and a length": POST + CODING + b"Content-Length: 4\r\n\r\n" + CHUNKS,
    "no length and chunks": POST + b"Content-Length: 0\r\n" + CODING + b"\r\n" + CHUNKS,
    "a coding before chunks": coded(b"gzip, chunked"),
    "no coding before chunks": coded(b"identity, chunked"),
    "chunks of chunks": coded(b"chunked\r\n" + CODING.rstrip()),
    "chunks, then no coding": coded(b"chunked, identity"),
    "chunks, then no coding, in two headers": coded(b"chunked\r\nTransfer-Encoding: identity"),
    "a coding that nobody knows": coded(b"xchunked"),
    "a coding that nobody knows, and a length": POST + LENGTH + coded(b"xchunked", BODY, b""),
    "a coding that is none, and a length": POST + LENGTH + coded(b"identity", BODY, b""),
    "a coding that is empty": POST + LENGTH + coded(b"", BODY, b""),
    "a coding in quotes": coded(b'"chunked"'),
    "a coding after a vertical tab": coded(b"\x0bchunked"),
    "a coding before NUL": coded(b"chunked\0"),
    "a coding on the next line": coded(b"\r\n chunked"),
    "a coding with a space before its colon": POST + LENGTH + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "chunks in HTTP/1.0": coded(b"chunked", head=POST.replace(b"1.1", b"1.0")),
    "two lengths": POST + LENGTH + long(b"0").removeprefix(POST),
    "two lengths in a header": long(b"%d, %d" % (len(BODY), len(BODY))),
    "a length with a plus": long(b"+%d" % len(BODY)),
    "a length below zero": long(b"-1"),
    "a length in hexadecimal": long(b"0x" + SIZE),
    "a length with a space in it": long(b"1 6"),
    "a length that overflows": long(b"9" * 23),
    "a length of 2 to the 64th": long(b"%d" % (2**64 - 1)),
    "an empty length": long(b""),
    "a length with a space before its colon": POST + b"Content-Length : 1\r\n\r\n" + BODY,
    "a header over two lines": POST + LENGTH + b"X-A: b\r\n c\r\n\r\n" + BODY,
    "a header over two lines, the first": GET.replace(b"Host", b" X: y\r\nHost", 1) + b"\r\n",
    "CR in a header": POST + LENGTH + b"X-A: b\r" + CODING + b"\r\n" + BODY,
    "chunks behind LF in a header": POST + LENGTH + b"X-A: b\n" + CODING + b"\r\n" + CHUNKS,
    "a length behind LF in a header": POST + LENGTH + b"X-A: b\nContent-Length: 0\r\n\r\n" + BODY,
    "a chunk that overflows": chunked(b"f" * 17 + b"\r\n" + BODY),
    "a chunk below zero": chunked(b"-1\r\n" + BODY),
    "a chunk with 0x": chunked(b"0x" + CHUNKS),
    "a chunk with a plus": chunked(b"+" + CHUNKS),
    "a chunk with a space": chunked(b" " + CHUNKS),
    "a chunk of no size": chunked(b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk after LF": chunked(CHUNKS.replace(b"\r\n", b"\n")),
    "a chunk after CR": chunked(SIZE + b"\rX" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk that is too long": chunked(b"%x" % (len(BODY) - 1) + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk without an end": chunked(SIZE + b"\r\n" + BODY + b"XX0\r\n\r\n"),
    "an extension of 100 kB": chunked(SIZE + b";a=" + b"b" * 100_000 + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "LF in an extension": chunked(SIZE + b";a\nb\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "20,000 trailers": chunked(SIZE + b"\r\n" + BODY + b"\r\n0\r\n" + b"A: b\r\n" * 20_000 + b"\r\n"),
    "NUL in a header": GET + b"X-A: b\0c\r\n\r\n",
    "NUL in a name": GET + b"X\0A: b\r\n\r\n",
    "NUL in a path": GET.replace(b"/me", b"/\0") + b"\r\n",
    "control characters in a header": GET + b"X-A: \x01\x7f\r\n\r\n",
    "a header without a colon": GET + b"XA\r\n\r\n",
    "a header without a name": GET + b": a\r\n\r\n",
    "200 headers": GET + b"X-A: b\r\n" * 200 + b"\r\n",
    "20,000 headers": GET + b"X-A: b\r\n" * 20_000 + b"\r\n",
    "a header of a megabyte": GET + b"X-A: " + b"y" * 1_000_000 + b"\r\n\r\n",
    "a path of 100 kB": GET.replace(b"/me", b"/" + b"y" * 100_000) + b"\r\n",
    "no host": b"GET /v1/users/me HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "a host that is none": GET.replace(b"x", b"a b/../c@d", 1) + b"\r\n",
    "a path without a slash": GET.replace(b"/v1", b"v1") + b"\r\n",
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": GET.replace(b"1.1", b"9.9") + b"\r\n",
    "HTTP/1.2": GET.replace(b"1.1", b"1.2") + b"\r\n",
    "HTTP/0.9": b"GET /healthz\r\n",
    "the version in small letters": GET.replace(b"HTTP", b"http") + b"\r\n",
    "a method that is no word": GET.replace(b"GET", b"G@T") + b"\r\n",
    "two spaces": GET.replace(b"GET ", b"GET  ") + b"\r\n",
    "tabs": GET.replace(b" ", b"\t", 2) + b"\r\n",
    "a space in a path": GET.replace(b"/me", b" /me") + b"\r\n",
    "bytes over 127 in a path": GET.replace(b"/me", b"/\xff") + b"\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
}
"""Readers may differ over where it ends: after its one answer, or none, the connection is closed."""
