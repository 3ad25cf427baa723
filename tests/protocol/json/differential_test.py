"""What the strict reader takes, two independent parsers must understand the same way: Python's json and, where node is
installed, JSON.parse. What Python finds acceptable by the same rules, the strict reader must take.

    differential_test.py JSON_CANONICAL CORPUS_FOLDER    (SIGNET_TEST_SEED repeats a run)
"""

import json
import math
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

INTEGER_MAX = 2**53
DEPTH_MAX = 16
TEXTS = 6000
PIECES = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"-", b".", b"e5", b"1e400", b"null", b"true", b"\\u",
          b"\\ud83d", b"\\udd11", b"\\u0000", b"\\u0061", b"\xc3\xa9", b"\xed\xa0\x80", b"\xff", b"\0", b"\xef\xbb\xbf",
          b" ", b"\n", b"\x0b", b"9007199254740993", b'"a":1', b"NaN", b"/**/"]


class Refused(Exception):
    pass


def members(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused("duplicate")
    return dict(pairs)


def integer(text):
    if abs(int(text)) > INTEGER_MAX:
        raise Refused("range")
    return int(text)


def fraction(text):
    value = float(text)
    if not math.isfinite(value):
        raise Refused("range")
    return value


def constant(text):
    raise Refused(text)


def check(value, depth=0):
    if isinstance(value, str):
        value.encode("utf-8")  # lone surrogates do not encode
    elif isinstance(value, dict):
        for name, inner in value.items():
            check(name)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)
    if isinstance(value, (dict, list)) and depth + 1 > DEPTH_MAX:
        raise Refused("depth")


def by_python(octets):
    """The value by Python's parser under the strict reader's rules; Refused when it breaks one."""
    try:
        text = octets.decode("utf-8")
        if text.startswith("\ufeff") or "\0" in text or len(octets) > 65536:
            raise Refused("text")
        value = json.loads(text, object_pairs_hook=members, parse_int=integer, parse_float=fraction,
                           parse_constant=constant)
        check(value)
        return value
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error


def same(a, b):
    """Equal with types: 1, 1.0 and True differ."""
    if type(a) is not type(b):
        # A fraction without one, such as 1.0, is written back as 1.
        return {type(a), type(b)} == {int, float} and a == b
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def mutated(rng, seeds):
    text = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(text) + 1)
        what = rng.randrange(4)
        if what == 0:
            text[place:place] = rng.choice(PIECES)
        elif what == 1:
            text[place:place + rng.randrange(1, 4)] = b""
        elif what == 2 and text:
            text[place % len(text)] ^= 1 << rng.randrange(8)
        else:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            text[place:place] = other[start:start + rng.randrange(12)]
    return bytes(text)


def by_signet(program, texts):
    given = b"".join(b"%d\n%s" % (len(text), text) for text in texts)
    return subprocess.run([program], input=given, capture_output=True, check=True).stdout.decode().split("\n")[:-1]


NODE = """
const lines = require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1);
for (const line of lines) {
  const text = Buffer.from(line, 'base64');
  try {
    console.log(JSON.stringify(JSON.parse(new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(text))));
  } catch { console.log('refused'); }
}
"""


def by_node(texts):
    import base64
    given = b"".join(base64.b64encode(text) + b"\n" for text in texts)
    done = subprocess.run(["node", "-e", NODE], input=given, capture_output=True, check=True)
    return done.stdout.decode().split("\n")[:-1]


def main(program, corpus):
    seed = int(os.environ.get("SIGNET_TEST_SEED", random.randrange(2**32)))
    print(f"SIGNET_TEST_SEED={seed}")
    rng = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted(Path(corpus).iterdir())]
    texts = seeds + [mutated(rng, seeds) for _ in range(TEXTS)]
    ours = by_signet(program, texts)
    assert len(ours) == len(texts), "an answer is missing"

    taken, problems = [], []
    for text, answer in zip(texts, ours):
        try:
            expected = by_python(text)
        except Refused as why:
            if answer != "refused":
                problems.append(f"taken, but Python refuses ({why}): {text!r}")
            continue
        if answer == "refused":
            problems.append(f"refused, but Python takes: {text!r}")
        elif not same(expected, json.loads(answer)):
            problems.append(f"understood as {answer}: {text!r}")
        else:
            taken.append((text, expected))
    if shutil.which("node"):
        for (text, expected), theirs in zip(taken, by_node([text for text, _ in taken])):
            # JavaScript moves names that are integers to the front, so order is not compared.
            if theirs == "refused" or json.loads(theirs) != expected:
                problems.append(f"node understands {theirs}: {text!r}")
    print(f"{len(texts)} texts, {len(taken)} taken, node {'asked' if shutil.which('node') else 'not installed'}")
    assert len(taken) > 300, "too few texts were taken to show anything"
    print("\n".join(problems[:20]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
