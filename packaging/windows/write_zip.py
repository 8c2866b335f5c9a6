#!/usr/bin/env python3
"""Packs what is in a folder so that the same files give the same bytes, on any day and machine.

usage: write_zip.py FOLDER ZIP

Times are SOURCE_DATE_EPOCH's, or the earliest that a zip can hold. Texts get Windows' line ends.
"""
import os
import pathlib
import sys
import time
import zipfile

TEXTS = (".txt", ".example")
FIRST = (1980, 1, 1, 0, 0, 0)


def moment():
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return max(FIRST, time.gmtime(int(given))[:6]) if given else FIRST


def content(path):
    data = path.read_bytes()
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if path.name.endswith(TEXTS) else data


def main():
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    fresh = target.with_name(target.name + ".new")
    with zipfile.ZipFile(fresh, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), moment())
            info.create_system = 0  # no rights of another system
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content(path), compresslevel=9)
    fresh.replace(target)


if __name__ == "__main__":
    main()
