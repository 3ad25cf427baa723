"""The style of the tree, as tests: who includes whom, headers that stand alone, sizes, leftovers, comments, layout.

    SIGNET_BUILD=build python3 tests/tidy/tidy_test.py
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SIGNET_BUILD", ROOT / "build"))
SOURCE_FOLDERS = ("protocol", "keystore", "daemon", "tools", "bench", "tests")
LINE_MAX = 120
FILE_MAX = 400
FUNCTION_MAX = 70
# What each folder may include, besides itself. Order is the order of the layers.
MAY_INCLUDE = {
    "protocol/base": [],
    "protocol/json": ["protocol/base"],
    "protocol/jose": ["protocol/base", "protocol/json"],
    "protocol/jwt": ["protocol/base", "protocol/json", "protocol/jose"],
    "protocol/oauth": ["protocol/base", "protocol/json", "protocol/jose", "protocol/jwt"],
    "protocol/dialect": ["protocol/base", "protocol/json", "protocol/jose", "protocol/jwt", "protocol/oauth"],
    "keystore/vault": ["protocol"],
    "keystore/snapshot": ["protocol"],
    "keystore/signing/lanes": ["protocol"],
    "keystore/signing": ["protocol", "keystore/signing/lanes", "keystore/vault"],
    "keystore/pkcs11": ["protocol", "keystore/signing", "keystore/vault"],
    "keystore/keys": ["protocol", "keystore/signing", "keystore/snapshot", "keystore/store"],
    "keystore/clients": ["protocol", "keystore/snapshot", "keystore/vault"],
    "keystore/queue": ["protocol", "keystore/keys", "keystore/signing"],
    "keystore/revocation": ["protocol", "keystore/snapshot"],
    "keystore/grants": ["protocol", "keystore/revocation", "keystore/vault"],
    "keystore/store": ["protocol", "keystore/clients", "keystore/grants", "keystore/keys", "keystore/revocation"],
    "keystore/backup": ["protocol", "keystore/revocation", "keystore/store", "keystore/vault"],
    "keystore/restore": ["protocol", "keystore"],
    "keystore": ["protocol", "keystore"],
    "daemon/http": ["protocol/base"],
    "daemon/audit": ["protocol", "keystore", "daemon/log.h"],
    "daemon/endpoint": ["protocol", "keystore", "daemon/http", "daemon/log.h", "daemon/metrics.h",
                        "daemon/failed_authentication_log.h", "daemon/rate_limit_log.h"],
    "daemon/dialect": ["protocol", "keystore", "daemon/endpoint", "daemon/http", "daemon/log.h", "daemon/metrics.h",
                       "daemon/failed_authentication_log.h"],
    "daemon/service": ["protocol", "keystore", "daemon/dialect", "daemon/endpoint", "daemon/http"],
    "daemon/admin": ["protocol", "keystore", "daemon"],
    "daemon": ["protocol", "keystore", "daemon"],
    "tools/ctl/backup": ["protocol", "tools", "keystore"],
    "tools": ["protocol", "tools"],
    "bench": ["protocol", "keystore", "daemon", "tools", "bench", "tests/support"],
    "tests": ["protocol", "keystore", "daemon", "tools", "tests"],
}

# Third-party headers live behind adapters: header pattern -> files that may include it.
CONFINED = {
    r"rocksdb/": r"keystore/store/(database(_[a-z]+)?\.cc|database_implementation\.h|expiry_filter\.cc)"
    r"|tests/support/fault_file_system\.h|tests/keystore/store/fault_test\.cc",
    r"openssl/|sodium": r"keystore/(vault|signing)/.*|protocol/jose/[a-z_]*verify[a-z_]*\.cc"
    r"|protocol/base/(digest|sha256_stream)\..*|tests/.*|bench/.*",
    r"uv\.h": r"daemon/.*|tools/load/.*|tests/.*|bench/.*",
    r"llhttp\.h": r"daemon/http/.*|tests/.*|bench/.*",
    r"rapidjson/": r"protocol/json/.*|bench/.*",
    r"toml\+\+|toml\.hpp": r"daemon/config.*|protocol/dialect/toml_tree\.cc",
    r"CLI/": r"tools/.*|daemon/.*",
    r"p11-kit/": r"keystore/pkcs11/.*|tests/keystore/pkcs11/.*",
}


def sources(*endings):
    for folder in SOURCE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and "node_modules" not in path.parts:
                yield path, path.relative_to(ROOT).as_posix()


def compiled():
    """The entries of the build, with the name of the source in the tree."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        yield os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT), entry


def folder_of(name):
    """The most specific folder with a rule."""
    folder = os.path.dirname(name)
    while folder not in MAY_INCLUDE:
        folder = os.path.dirname(folder)
    return folder


def includes(text):
    return re.findall(r'^\s*#\s*include\s+([<"][^>"]+[>"])', text, re.M)


class Tidy(unittest.TestCase):
    maxDiff = None

    def report(self, problems):
        self.assertEqual([], problems, "\n" + "\n".join(problems))

    def test_includes_point_one_way(self):
        problems = []
        for path, name in sources(".h", ".cc"):
            folder = folder_of(name)
            allowed = [folder + "/"] + [a if "." in a else a + "/" for a in MAY_INCLUDE[folder]]
            for include in includes(path.read_text()):
                if include[0] != '"' or "/" not in include:
                    continue
                target = include.strip('"')
                if target.endswith(".pb.h"):
                    continue
                if not any(target.startswith(a) for a in allowed):
                    problems.append(f"{name}: may not include {target}")
        self.report(problems)

    def test_nothing_above_includes_from_tools_bench_or_tests(self):
        problems = []
        for path, name in sources(".h", ".cc"):
            if name.startswith(("tools/", "bench/", "tests/")):
                continue
            for include in includes(path.read_text()):
                if include.strip('<>"').startswith(("tools/", "bench/", "tests/")):
                    problems.append(f"{name}: includes {include}")
        self.report(problems)

    def test_third_party_headers_stay_behind_their_adapters(self):
        problems = []
        for path, name in sources(".h", ".cc"):
            for include in includes(path.read_text()):
                target = include.strip('<>"')
                for pattern, where in CONFINED.items():
                    if re.match(pattern, target) and not re.fullmatch(where, name):
                        problems.append(f"{name}: {target} belongs behind its adapter")
        self.report(problems)

    def test_the_store_header_knows_no_database(self):
        text = (ROOT / "keystore/store/store.h").read_text()
        self.assertNotIn("#include <rocksdb", text)

    def test_lines_files_and_functions_are_short(self):
        problems = []
        for path, name in sources(".h", ".cc", ".py", ".mjs", ".sh"):
            lines = path.read_text().splitlines()
            if len(lines) > FILE_MAX:
                problems.append(f"{name}: {len(lines)} lines; past {FILE_MAX} it is two things")
            for number, line in enumerate(lines, 1):
                if len(line) > (LINE_MAX if path.suffix in (".h", ".cc", ".py") else 160):
                    problems.append(f"{name}:{number}: {len(line)} characters")
                if line.rstrip() != line:
                    problems.append(f"{name}:{number}: trailing blanks")
            if path.suffix == ".cc" and not name.startswith("tests/"):
                problems += long_functions(name, lines)
        self.report(problems)

    def test_no_leftovers(self):
        problems = []
        leftover = re.compile(
            r"\b(TODO|FIXME|XXX|HACK)\b|\bissue #?\d|/work/|/tmp/plan|registry\.npmjs|deb\.debian\.org")
        # Documents that the tree does not hold: a comment gives the reason, or what is published, instead.
        elsewhere = re.compile(r"\b(SECURITY|DESIGN)\b|\bcontracts\.md\b")
        for path, name in sources(".h", ".cc", ".py", ".mjs", ".sh", ".md", ".build", ".toml", ".json", ".service"):
            if name == "tests/tidy/tidy_test.py":
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if leftover.search(line) or elsewhere.search(line):
                    problems.append(f"{name}:{number}: {line.strip()[:80]}")
        self.report(problems)

    def test_every_header_says_what_it_is(self):
        problems = []
        for path, name in sources(".h"):
            lines = path.read_text().splitlines()
            if not lines[0].startswith("//"):
                problems.append(f"{name}: starts without a comment that says what it is")
            if "#pragma once" not in lines:
                problems.append(f"{name}: no #pragma once")
        self.report(problems)

    def test_every_source_folder_has_its_prose(self):
        wanted = ["protocol", "keystore", "daemon", "daemon/http", "tools", "bench", "tests"]
        wanted += ["keystore/" + one for one in ("vault", "store", "keys", "clients", "snapshot", "signing", "queue")]
        missing = [folder for folder in wanted if not (ROOT / folder / "README.md").exists()]
        self.report([f"{folder}/README.md is missing" for folder in missing])

    def test_the_root_build_file_lists_no_sources(self):
        text = (ROOT / "meson.build").read_text()
        self.assertLess(len(text.splitlines()), 150)
        self.assertNotRegex(text, r"\.cc\b")

    def test_every_source_is_built(self):
        """A file that a move left behind is compiled by nobody, and looks as if it were."""
        built = {name for name, _ in compiled()}
        self.report([f"{name}: no target has it" for _, name in sources(".cc") if name not in built])

    def test_headers_are_self_contained(self):
        """Each header of the tree compiles alone, with the flags of the build."""
        flags = {}
        for name, entry in compiled():
            if not name.startswith(".."):
                flags.setdefault(os.path.dirname(name), (entry["directory"], shlex.split(entry["command"])))
        problems = []

        def check(item):
            path, name = item
            folder = os.path.dirname(name)
            while folder not in flags and folder:
                folder = os.path.dirname(folder)
            if folder not in flags:
                return None
            directory, command = flags[folder]
            command = [c for c in command if c != "ccache"]
            keep = [command[0]] + [a for a in command[1:] if a.startswith(("-I", "-D", "-std", "-f", "-i"))
                                   and a != "-fPIE"]
            with tempfile.NamedTemporaryFile("w", suffix=".cc") as unit:
                unit.write(f'#include "{name}"\n')
                unit.flush()
                done = subprocess.run(keep + ["-I", str(ROOT), "-fsyntax-only", unit.name], cwd=directory,
                                      capture_output=True, text=True)
            return None if done.returncode == 0 else f"{name}: {done.stderr.strip()[:400]}"

        headers = [item for item in sources(".h") if not item[1].startswith("tests/")]
        self.assertGreater(len(headers), 50)
        with ThreadPoolExecutor(2) as pool:
            problems = [p for p in pool.map(check, headers) if p]
        self.report(problems)

    def test_clang_format_decides_the_layout(self):
        tool = shutil.which("clang-format-19")
        self.assertIsNotNone(tool, "clang-format-19 is missing: tools/install-packages.sh test")
        names = [name for _, name in sources(".h", ".cc")]
        done = subprocess.run([tool, "--dry-run", "-Werror", *names], cwd=ROOT, capture_output=True, text=True)
        problems = sorted(set(re.findall(r"^([^:\n]+):\d+:\d+: error", done.stderr, re.M)))
        self.report([f"{name}: run clang-format-19 -i" for name in problems])


def long_functions(name, lines):
    """Bodies that start in column 0 to 2 with a signature ending in '{' and end with '}' in the same column."""
    problems = []
    start = None
    for number, line in enumerate(lines, 1):
        opening = re.match(r"^(\s{0,2})[A-Za-z_].*\)[^;=]*\{$", line)
        if start is None and opening and not re.match(r"^\s*(namespace|class|struct|enum|union)\b", line):
            start, indent = number, opening.group(1)
        elif start is not None and line == indent + "}":
            if number - start > FUNCTION_MAX:
                problems.append(f"{name}:{start}: function of {number - start} lines")
            start = None
    return problems


if __name__ == "__main__":
    unittest.main()
