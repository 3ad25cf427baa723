"""What the compiler made of the lanes: nothing that comes out of a vector decides a jump or an address, and no code for
their instruction set is in a function that another file may share.

Registers are followed line by line, memory is not: that a secret that was stored decides nothing is what memcheck looks
at (poisoned.cc), over the same source.
"""

import os
import re
import subprocess
import unittest
from pathlib import Path

BUILD = Path(os.environ["SIGNET_BUILD"])
LANES = BUILD / "keystore" / "signing" / "lanes"
LIBRARIES = [LANES / "libsignet_lanes_avx512.a", LANES / "p256" / "libsignet_lanes_p256_avx512.a",
             LANES / "rsa" / "libsignet_rsa_lanes_avx512.a"]
INVERSES = LANES / "libsignet_lanes.a"

NAMES = {"a": "rax eax ax al ah", "b": "rbx ebx bx bl bh", "c": "rcx ecx cx cl ch", "d": "rdx edx dx dl dh",
         "si": "rsi esi si sil", "di": "rdi edi di dil", "bp": "rbp ebp bp bpl", "sp": "rsp esp sp spl"}
GENERAL = {name: family for family, names in NAMES.items() for name in names.split()}
for number in range(8, 16):
    GENERAL.update({f"r{number}{suffix}": f"r{number}" for suffix in ("", "d", "w", "b")})
ONLY_FLAGS = re.compile(r"^(cmp|test|bt|kortest|ktest|vptest|vu?comis[sd])[bwlqd]?$")
ONLY_WRITES = re.compile(r"^(mov\w*|lea\w?|kmov\w|vmov[dq]\w*|vpextr\w|set\w+|pop\w?|rorx\w?)$")
KEEPS_FLAGS = re.compile(r"^(mov\w*|lea\w?|kmov\w|v\w+|set\w+|cmov\w+|pop\w?|push\w?|shlx|shrx|sarx|rorx|mulx|not\w?"
                         r"|k\w+)$")


def listing(library):
    told = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-C", str(library)], capture_output=True, text=True,
                          check=True)
    functions, name = {}, None
    for line in told.stdout.splitlines():
        start = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if start:
            name = start[1]
            functions.setdefault(name, [])
            continue
        instruction = re.match(r"^\s*([0-9a-f]+):\s+(?:notrack )?(\S+)\s*(.*?)\s*$", line)
        if instruction and name:
            functions[name].append((int(instruction[1], 16), instruction[2], instruction[3]))
    return functions


def operands_of(text):
    return [part.strip() for part in re.split(r",(?![^(]*\))", text.split("#")[0].split("<")[0])] if text else []


def registers(text):
    return {GENERAL.get(name, name) for name in re.findall(r"%(\w+)", text)}


def is_vector(name):
    return re.match(r"^([xyz]mm\d+|k[0-7])$", name) is not None


class Follower:
    """Which general registers, and whether the flags, hold something of a vector."""

    def __init__(self):
        self.held, self.flags, self.problems = set(), False, []
        self.lent = set()  # mask registers in which the compiler keeps a counter

    def secret(self, name):
        return name in self.held or (is_vector(name) and name not in self.lent)

    def step(self, at, operation, text):
        if operation.startswith("nop"):
            return
        operands = operands_of(text)
        memory = [operand for operand in operands if "(" in operand]
        for operand in memory:
            inside = registers(operand[operand.index("("):])
            if any(self.secret(name) for name in inside):
                self.problems.append(f"{at:x}: {operation} {text}: an address")
        if operation.startswith("j") and operation != "jmp" and self.flags:
            self.problems.append(f"{at:x}: {operation} {text}: a condition")
        if operation.startswith(("j", "ret", "call", "nop", "prefetch", "endbr")) or not operands:
            return
        target = operands[-1]
        plain = [name for operand in operands if operand not in memory for name in registers(operand)]
        sources = plain if ONLY_FLAGS.match(operation) else [
            name for operand in operands[:-1] if operand not in memory for name in registers(operand)]
        tainted = any(self.secret(name) for name in sources)
        mask = re.match(r"^%(k[0-7])", target)
        if mask:
            lends = operation.startswith("kmov") and operands[0].startswith("%") and not tainted
            (self.lent.add if lends else self.lent.discard)(mask[1])
        if operation.startswith(("set", "cmov")):
            tainted = tainted or self.flags
        to = GENERAL.get(target.lstrip("%")) if target.startswith("%") else None
        if not ONLY_FLAGS.match(operation) and to is not None:
            if not ONLY_WRITES.match(operation):
                tainted = tainted or to in self.held
            if operation.startswith("xor") and len(set(operands)) == 1:
                tainted = False
            (self.held.add if tainted else self.held.discard)(to)
        if not KEEPS_FLAGS.match(operation) or ONLY_FLAGS.match(operation):
            self.flags = tainted


@unittest.skipUnless(all(library.exists() for library in LIBRARIES), "no lanes for this processor's kind")
class Listing(unittest.TestCase):
    def test_no_value_of_a_lane_becomes_an_address_or_a_condition(self):
        for library in LIBRARIES:
            seen = 0
            for function, body in listing(library).items():
                follower = Follower()
                for at, operation, operands in body:
                    seen += operation.startswith("vpmadd52")
                    follower.step(at, operation, operands)
                self.assertEqual([], follower.problems, function)
            self.assertGreater(seen, 500, f"{library} is of the lanes")

    def test_what_it_looks_for_is_found(self):
        for lines in (["vmovq %xmm0,%rax", "mov (%rax,%rbx,8),%rcx"],
                      ["kmovb %k1,%eax", "test %al,%al", "je 10"],
                      ["vmovq %xmm3,%rcx", "and $0x3,%ecx", "mov %ecx,%edx", "cmp %edx,%esi", "ja 10"],
                      ["kortestb %k1,%k2", "je 10"],
                      ["kmovq %rax,%k1", "vptestmq %zmm0,%zmm1,%k1", "kmovq %k1,%rbx", "mov (%rbx),%rcx"],
                      ["vmovq %xmm0,%rax", "kmovq %rax,%k1", "kmovq %k1,%rbx", "mov (%rbx),%rcx"],
                      ["vpgatherqq (%rdi,%zmm1,8),%zmm0{%k1}"]):
            follower = Follower()
            for at, line in enumerate(lines):
                follower.step(at, *line.split(" ", 1))
            self.assertTrue(follower.problems, lines)
        for lines in (["vmovq %xmm0,%rax", "mov $0x1,%eax", "mov (%rax),%rcx"],
                      ["vmovq %rax,%xmm0", "mov (%rax),%rcx", "cmp %rcx,%rdx", "je 10"],
                      ["kmovq %rax,%k1", "kmovq %k1,%rbx", "mov (%rbx),%rcx"],
                      ["kmovb %k1,%eax", "xor %eax,%eax", "test %eax,%eax", "je 10"]):
            follower = Follower()
            for at, line in enumerate(lines):
                follower.step(at, *line.split(" ", 1))
            self.assertEqual([], follower.problems, lines)

    def test_the_inversions_jump_by_counters_alone(self):
        functions = listing(INVERSES)
        for inverse in ("inverse25519(", "inverse_modulo_prime(", "inverse_modulo_order("):
            body = next(body for name, body in functions.items() if inverse in name)
            jumps = [(at, operation, operands) for at, operation, operands in body
                     if operation.startswith("j") and operation != "jmp"]
            # The batches, and the stack protector's check at the end.
            self.assertLessEqual(len(jumps), 2, jumps)
            for at, operation, operands in body:
                self.assertNotRegex(operation, r"^i?div", f"at {at:x}: takes as long as its operands are")

    def test_what_is_wiped_below_a_signature_reaches_as_deep_as_anything_was_spilled(self):
        frames = {}
        for function, body in {**listing(LIBRARIES[0]), **listing(INVERSES)}.items():
            if re.search(r"Ed25519Group<|inverse25519\(|wipe_below", function):
                frames[function] = sum(
                    int(re.match(r"^\$(0x[0-9a-f]+)", operands)[1], 16) if operation == "sub" else 8
                    for _, operation, operands in body
                    if operation.startswith("push") or (operation == "sub" and re.match(r"^\$0x\w+,%rsp", operands)))
        wiping = [frames.pop(name) for name in list(frames) if "wipe_below" in name]
        self.assertGreaterEqual(len(frames), 2, "signing, and the inversion")
        self.assertGreater(sum(frames.values()), 2000, "vectors are spilled")
        # As if each called all the others; with the addresses that they return to.
        self.assertLess(sum(frames.values()) + 8 * len(frames), min(wiping))

    def test_nothing_is_shared_with_files_for_other_processors(self):
        for library in LIBRARIES:
            told = subprocess.run(["nm", "-C", str(library)], capture_output=True, text=True, check=True)
            # Constants (u or V, as compilers like it) are the same everywhere; functions are not.
            weak = [line for line in told.stdout.splitlines() if " W " in line]
            self.assertTrue(weak, "templates over the vector are weak symbols")
            for line in weak:
                self.assertIn("signet::lanes::Avx512", line, "another file's copy could be taken, or this elsewhere")


if __name__ == "__main__":
    unittest.main()
