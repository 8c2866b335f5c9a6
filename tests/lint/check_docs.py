#!/usr/bin/env python3
"""Checks that the Markdown files point at things that exist: links, their #anchors, and `paths/of/files`.

usage: check_docs.py ROOT
"""
import glob
import os
import re
import sys

FOLDERS = ("common", "proto", "daemon", "client", "tests", "packaging", "docs", "cmake", ".ci")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`([A-Za-z0-9_.]+(?:/[A-Za-z0-9_.*{},-]+)+/?)`")


def markdown_files(root):
    yield from sorted(name for name in os.listdir(root) if name.endswith(".md"))
    for folder in FOLDERS:
        for parent, folders, files in os.walk(os.path.join(root, folder)):
            folders.sort()
            for name in sorted(files):
                if name.endswith(".md"):
                    yield os.path.relpath(os.path.join(parent, name), root)


def without_code(text):
    """`text` with fenced blocks blanked, so that line numbers stay."""
    return re.sub(r"^(```|~~~).*?^\1[^\n]*$", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.S | re.M)


def anchors(path):
    with open(path, encoding="utf-8") as file:
        headings = re.findall(r"^#+ +(.*?) *$", without_code(file.read()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def expand(path):
    """`a/{b,c}.hpp` stands for both."""
    braces = re.search(r"\{([^}]*)\}", path)
    if not braces:
        return [path]
    return [path[:braces.start()] + part + path[braces.end():] for part in braces.group(1).split(",")]


def check_file(root, name):
    folder = os.path.dirname(os.path.join(root, name))
    with open(os.path.join(root, name), encoding="utf-8") as file:
        lines = without_code(file.read()).split("\n")
    for number, line in enumerate(lines, 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            path = os.path.normpath(os.path.join(folder, path)) if path else os.path.join(root, name)
            if not os.path.exists(path):
                yield number, f"link to a missing file: {target}"
            elif anchor and path.endswith(".md") and anchor not in anchors(path):
                yield number, f"link to a missing heading: {target}"
        for mention in PATH.findall(line):
            if mention.split("/")[0] not in FOLDERS:
                continue
            for path in expand(mention):
                if not glob.glob(os.path.join(root, path)):
                    yield number, f"names a missing file: {path}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = sys.argv[1]
    names = list(markdown_files(root))
    if "README.md" not in names:
        sys.exit("README.md was not found: the search is broken")
    problems = [f"{name}:{number}: {text}" for name in names for number, text in check_file(root, name)]
    print("\n".join(problems) if problems else f"docs: {len(names)} files ok")
    sys.exit(1 if problems else 0)


main()
