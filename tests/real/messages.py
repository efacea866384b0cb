"""Messages for tests/real/run: about fifty, each with something that mail systems treat differently.

Every message has a name and a field `X-Real: NAME`, by which it is found again. Lines end in CRLF
unless the message is about just that.
"""

import random

FROM = "Dora Reed <dora@example.edu>"


def letter(name, body, more=""):
    """A message with the usual header, `more` fields and this body (bytes, CRLF)."""
    head = (
        f"Return-Path: <dora@example.edu>\r\nFrom: {FROM}\r\nTo: ada@localhost\r\n"
        f"Subject: {name}\r\nDate: Sun, 22 Nov 2026 10:31:51 +0100\r\n"
        f"Message-ID: <{name}@example.edu>\r\nX-Real: {name}\r\n{more}\r\n"
    )
    return name, head.encode("utf-8", "surrogateescape") + body


def lines(*them):
    return b"".join(line + b"\r\n" for line in them)


def prose(seed, count):
    """`count` lines of words, always the same ones."""
    chance = random.Random(seed)
    words = "the kite rose over slow water and nobody on the quay looked up from their nets".split()
    return lines(*(" ".join(chance.choices(words, k=chance.randint(1, 13))).encode() for _ in range(count)))


def messages():
    """All of them, in order: (name, octets)."""
    made = [letter(f"plain-{n}", prose(n, n * 3)) for n in range(1, 9)]
    made += dots() + line_ends() + long_lines() + octets() + shapes() + headers()
    made.append(letter("one-megabyte", prose("big", 25_000)[:1_000_000] + b"\r\n"))
    names = [name for name, _ in made]
    assert len(set(names)) == len(names)
    return made


def dots():
    return [
        letter("dot-alone", lines(b"above", b".", b"below")),
        letter("dot-first-and-last", lines(b".", b"between", b".")),
        letter("dots", lines(b"..", b"...", b". ", b".x", b"..x", b"a.", b" .")),
        letter("dot-only", lines(b".")),
        letter("commands", lines(b"QUIT", b"DATA", b"RSET", b"MAIL FROM:<>", b".", b"QUIT")),
    ]


def line_ends():
    return [
        letter("bare-lf", b"one\ntwo\nthree\r\nfour\n\nfive\r\n"),
        letter("bare-cr", b"one\rtwo\r\nthree\r\r\nfour\r\n"),
        letter("smuggle-lf", b"one\n.\nMAIL FROM:<x@example.org>\nRCPT TO:<ada@localhost>\r\ntwo\r\n"),
        letter("smuggle-cr", b"one\r.\rtwo\r\nthree\r.\r\nfour\r\n"),
        letter("smuggle-mixed", b"one\n.\r\ntwo\r\n"),
        letter("no-final-newline", b"one\r\ntwo"),
        letter("empty-body", b""),
        letter("blank-lines", b"\r\n\r\n\r\n"),
        letter("blank-lines-behind", prose("blank", 3) + b"\r\n" * 30),
        letter("white-space-behind", lines(b"one  ", b"two\t", b" ", b"\t", b"three")),
    ]


def long_lines():
    sizes = (990, 998, 999, 1000, 1001, 2047, 2049, 4096, 8192, 70_000)
    made = [letter(f"line-{size}", lines(b"above", b"x" * size, b"below")) for size in sizes]
    made.append(letter("line-of-dots", lines(b"." * 3000)))
    return made


def octets():
    return [
        letter("latin-1", lines("Grüße aus Köln, Æ ÿ".encode("latin-1"), bytes(range(0xA0, 0x100)))),
        letter(
            "utf-8", lines("Grüße, Ωμέγα, 日本語, 🪁".encode()),
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
        ),
        letter("control", lines(b"\x01\x07\x08\x0b\x0c\x1b[31m\x1f\x7f", b"tab\there", b"\xff\xfe\x80")),
        letter("nul", lines(b"before\x00behind", b"\x00", b"end")),
    ]


def shapes():
    part = "--=-edge\r\nContent-Type: {}\r\n\r\n{}\r\n"
    mixed = part.format("text/plain", "See below.") + part.format("message/rfc822", "Subject: in\r\n\r\nFrom me\r\n.")
    return [
        letter("from-lines", lines(b"From here on", b">From there", b">>From", b"", b"From dora Sun Nov 22 2026", b"end")),
        letter("from-first", lines(b"From the first line")),
        letter(
            "multipart", (mixed + "--=-edge--\r\n").encode(),
            'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=-edge"\r\n',
        ),
        letter("content-length", prose("length", 4), "Content-Length: 7\r\nLines: 1\r\n"),
        letter("signed", lines(b"-----BEGIN PGP SIGNED MESSAGE-----", b"Hash: SHA256", b"", b"- -- ", b"Dora  ")),
        letter("same-id-1", lines(b"first")),
        ("same-id-2", letter("same-id-2", lines(b"second"))[1].replace(b"<same-id-2@", b"<same-id-1@")),
    ]


def headers():
    many = "".join(f"X-Field-{n}: {n}\r\n" for n in range(300))
    references = "References:" + "".join(f"\r\n <{n}.{n}@example.edu>" for n in range(400)) + "\r\n"
    bounce = b"Return-Path: <>\r\nX-Real: bounce\r\nFrom: MAILER-DAEMON@example.edu\r\nSubject: returned\r\n\r\nno\r\n"
    bare = b"X-Real: hardly-a-header\r\n\r\nNo From, no Date.\r\n"
    return [
        letter("many-fields", prose("many", 2), many),
        letter("folded", prose("folded", 2), references),
        letter("long-field", prose("field", 2), "X-Long: " + "y" * 900 + "\r\n"),
        letter("eight-bit-field", prose("eight", 2), "X-Name: J\udcfcrgen\r\nX-Utf: Größe\r\n"),
        letter("received-before", prose("hop", 2), "Received: from a.example by b.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"),
        ("bounce", bounce),
        ("hardly-a-header", bare),
    ]
