#!/usr/bin/env python3
"""Prints the last lines that each failed test of a ctest run said.

    tests/failed_output.py JUNIT_FILE...
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

LINES = 60


def failed(junit_file):
    for case in ElementTree.parse(junit_file).getroot().iter("testcase"):
        if case.find("failure") is not None:
            yield case.get("name"), case.findtext("system-out") or ""


def main():
    for junit_file in map(pathlib.Path, sys.argv[1:]):
        if not junit_file.exists():
            continue
        for name, output in failed(junit_file):
            print(f"\n---- {junit_file.parent.name}: the last lines of {name}")
            print("\n".join(output.rstrip().splitlines()[-LINES:]))


if __name__ == "__main__":
    main()
