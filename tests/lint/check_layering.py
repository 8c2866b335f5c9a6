#!/usr/bin/env python3
"""Checks which folder includes which, against the arrows in docs/ARCHITECTURE.md.

usage: check_layering.py ROOT             check the tree
       check_layering.py --self-test DIR  DIR holds small trees; each `EXPECT: text` comment names a finding
                                          that must be made in that file, and nothing else may be found
"""
import os
import re
import sys

BASE = [f"common/{name}.hpp" for name in ("bytes", "check", "error", "escape", "percent", "quantity", "small_deque")]

# Area of a file -> what it may include, as path prefixes; "!" begins an exception. The first area whose
# prefix fits a file counts.
AREAS = [
    ("common/", ["common/"]),
    ("proto/", ["proto/", "ptyd/v1/", "ptyd/internal/"]),
    ("daemon/core/", ["daemon/core/", *BASE]),
    ("daemon/screen/", ["daemon/screen/", *BASE]),
    ("daemon/host/", ["daemon/host/", "common/time_slice.hpp"]),
    ("daemon/hostwire/", ["daemon/hostwire/", "daemon/host/wire.hpp", "common/"]),
    ("daemon/hostlink/", ["daemon/hostlink/", "daemon/hostwire/", "daemon/host/wire.hpp", "daemon/host/errors.hpp",
                          "daemon/host/start_again_windows.hpp", "daemon/host/nursery_wire.hpp", "common/"]),
    ("daemon/handover/", ["daemon/handover/", *BASE]),
    ("daemon/session/record", ["daemon/session/", "daemon/core/", "daemon/screen/", "daemon/hostlink/",
                               "daemon/hostwire/",
                               "daemon/host/wire.hpp", "common/", "ptyd/internal/"]),
    ("daemon/session/", ["daemon/session/", "daemon/core/", "daemon/screen/", "daemon/handover/", "daemon/hostlink/",
                         "daemon/hostwire/", "daemon/host/wire.hpp", "common/"]),
    ("daemon/server/", ["daemon/server/", "daemon/session/", "daemon/core/", "daemon/screen/", "daemon/handover/",
                        "daemon/hostlink/", "daemon/hostwire/", "daemon/host/wire.hpp", "common/", "proto/", "ptyd/v1/"]),
    ("daemon/", ["!daemon/host/", "daemon/", "common/"]),
    ("client/ptyd/", ["client/ptyd/", "daemon/hostwire/", "daemon/host/wire.hpp", "common/", "proto/", "ptyd/v1/"]),
    ("client/", ["client/", "common/", "proto/", "ptyd/v1/"]),
    ("tests/", ["tests/", "common/", "daemon/", "client/", "proto/", "ptyd/v1/", "ptyd/internal/"]),
]
GENERATED = ("ptyd/version.hpp",)  # the version is for everybody
FOLDERS = ("common", "proto", "daemon", "client", "tests")

# Area -> libraries it may not use, as prefixes of <...> includes.
BANNED = [
    ("common/", ["google/"]),
    ("daemon/core/", ["boost/asio", "spdlog/", "google/"]),
    ("daemon/screen/search", ["boost/asio", "spdlog/", "google/"]),
    ("daemon/screen/", ["boost/asio", "spdlog/", "google/", "re2/"]),
    ("daemon/host/", ["boost/", "spdlog/", "google/", "CLI/", "toml++/"]),
    ("daemon/handover/", ["boost/asio", "spdlog/", "google/"]),
    ("daemon/hostwire/", ["google/"]),
    ("daemon/hostlink/", ["google/"]),
    ("daemon/session/record", []),
    ("daemon/session/", ["google/"]),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PLATFORM_FILE = re.compile(r"_(posix|linux|macos|bsd|windows)\.[ch]pp$")
OS_HEADER = re.compile(
    r"^(windows\.h|winsock2\.h|unistd\.h|fcntl\.h|poll\.h|pty\.h|util\.h|libutil\.h|termios\.h|signal\.h|pwd\.h"
    r"|dirent\.h|dlfcn\.h|spawn\.h|(sys|linux|mach|netinet|arpa)/.*)$")
OS_MACRO = re.compile(
    r"^\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(_WIN32|_WIN64|WIN32|__linux__|linux|__APPLE__|__FreeBSD__|__OpenBSD__"
    r"|__NetBSD__|__unix__)\b")


def first_match(table, path):
    return next((value for prefix, value in table if path.startswith(prefix)), None)


def may_include(allowed, name):
    excluded = any(name.startswith(entry[1:]) for entry in allowed if entry[0] == "!")
    return not excluded and any(name.startswith(entry) for entry in allowed)


def check_file(root, path):
    allowed = first_match(AREAS, path)
    banned = first_match(BANNED, path) or []
    shared_header = path.endswith(".hpp") and not PLATFORM_FILE.search(path) and not path.startswith("tests/")
    with open(os.path.join(root, path), encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        if shared_header and OS_MACRO.match(line):
            yield number, "a shared header may not ask which system it is on"
        include = INCLUDE.match(line)
        if not include:
            continue
        bracket, name = include.groups()
        if bracket == "<":
            if shared_header and OS_HEADER.match(name):
                yield number, f"a shared header may not include <{name}>"
            for prefix in banned:
                if name.startswith(prefix):
                    yield number, f"may not use <{name}>"
            continue
        if name in GENERATED:
            continue
        generated = name.endswith(".pb.h")
        if not generated and name.split("/")[0] not in FOLDERS:
            yield number, f'"{name}" is not written from the root of the repository'
        elif not generated and not os.path.isfile(os.path.join(root, name)):
            yield number, f'"{name}" does not exist'
        elif not may_include(allowed, name):
            yield number, f'may not include "{name}"'


def check_tree(root):
    """Yields (path, line, text) for everything that is wrong."""
    for folder in FOLDERS:
        for parent, folders, files in os.walk(os.path.join(root, folder)):
            relative = os.path.relpath(parent, root).replace(os.sep, "/")
            folders[:] = sorted(name for name in folders if f"{relative}/{name}" != "tests/lint/samples")
            for name in sorted(files):
                path = f"{relative}/{name}"
                if name.endswith((".hpp", ".cpp")) and first_match(AREAS, path) is not None:
                    for number, text in check_file(root, path):
                        yield path, number, text


def self_test(samples):
    trees = sorted(name for name in os.listdir(samples) if os.path.isdir(os.path.join(samples, name)))
    if not trees:
        return [f"{samples}: no sample trees"]
    problems = []
    expectations = 0
    for tree in trees:
        root = os.path.join(samples, tree)
        found = {}
        for path, number, text in check_tree(root):
            found.setdefault(path, []).append(f"{number}: {text}")
        for parent, _, files in os.walk(root):
            for name in files:
                path = os.path.relpath(os.path.join(parent, name), root).replace(os.sep, "/")
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    wanted = re.findall(r"EXPECT: (.*)", file.read())
                expectations += len(wanted)
                have = found.pop(path, [])
                for text in wanted:
                    hit = next((entry for entry in have if text in entry), None)
                    if hit is None:
                        problems.append(f"{tree}/{path}: not found: {text}")
                    else:
                        have.remove(hit)
                problems += [f"{tree}/{path}: wrongly found: {entry}" for entry in have]
    if expectations == 0:
        problems.append(f"{samples}: no sample expects a finding")
    return problems


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--self-test":
        problems = self_test(sys.argv[2])
    elif len(sys.argv) == 2:
        problems = [f"{path}:{number}: {text}" for path, number, text in check_tree(sys.argv[1])]
    else:
        sys.exit(__doc__)
    print("\n".join(problems) if problems else "layering: ok")
    sys.exit(1 if problems else 0)


main()
