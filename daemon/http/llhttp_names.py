#!/usr/bin/env python3
"""Writes a header that gives every function defined in llhttp.c a second name.

llhttp chooses its SSE 4.2 code when it is compiled, we choose when we run: so its state machine is compiled twice, and
the two must not share names. Usage: llhttp_names.py LLHTTP_C OUTPUT_H SUFFIX
"""
import re
import sys

source, output, suffix = sys.argv[1:]
with open(source, encoding="utf-8") as text:
    names = sorted(set(re.findall(r"^\w+ (llhttp__internal\w+)\(", text.read(), re.MULTILINE)))
if "llhttp__internal_execute" not in names:
    sys.exit(f"{source}: llhttp__internal_execute is not defined there")
with open(output, "w", encoding="utf-8") as header:
    header.write("/* Generated from llhttp.c. */\n")
    header.writelines(f"#define {name} {name}_{suffix}\n" for name in names)
