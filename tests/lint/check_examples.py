#!/usr/bin/env python3
"""Checks the worked examples of docs/PROTOCOL.md.

Every ```hex block is one frame or more; the ```textproto block behind it must be what protoc decodes from it,
one message after the other. The ```python block that begins with `# decoder` is run on every frame and must find
the top-level fields that protoc finds. Every line of a ```json block that stands for a frame must be an object with
one field of Frame, and `id`.

usage: check_examples.py ROOT PROTOC
"""
import json
import os
import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)


def frames_of(text):
    data = bytes.fromhex(re.sub(r"#[^\n]*", "", text))
    frames = []
    while data:
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size or size == 0:
            raise ValueError(f"length {size}, but {len(data) - 4} bytes follow")
        frames.append(data[4:4 + size])
        data = data[4 + size:]
    return frames


def protoc(root, protoc_path, mode, data):
    command = [protoc_path, f"--proto_path={os.path.join(root, 'proto')}", mode, "ptyd/v1/ptyd.proto"]
    return subprocess.run(command, input=data, capture_output=True, check=False, timeout=30)


def normal(text):
    return re.sub(r"\s+", " ", re.sub(r"#[^\n]*", "", text)).strip()


def check_hex(root, protoc_path, text, expected):
    try:
        frames = frames_of(text)
    except ValueError as error:
        return [], str(error)
    decoded = []
    for frame in frames:
        result = protoc(root, protoc_path, "--decode=ptyd.v1.Frame", frame)
        if result.returncode != 0:
            return frames, f"protoc: {result.stderr.decode()}"
        decoded.append(result.stdout.decode())
    if normal("\n".join(decoded)) != normal(expected):
        return frames, "decodes to\n" + "\n".join(decoded)
    return frames, None


def check_decoder(code, frames):
    names = {}
    exec(code, names)  # our own documentation
    for frame in frames:
        fields = names["fields"](frame)
        again = names["fields"](b"".join(names["field"](number, value) for number, value in fields))
        if not fields or again != fields:
            return f"the decoder reads {fields} from {frame.hex()}"
    return None


def frame_fields(root):
    with open(os.path.join(root, "proto/ptyd/v1/ptyd.proto"), encoding="utf-8") as file:
        body = re.search(r"message Frame \{(.*?)\n\}", file.read(), re.S).group(1)
    names = re.findall(r"^\s*\w+ (\w+) = \d+;", body, re.M)
    return {re.sub(r"_(\w)", lambda m: m.group(1).upper(), name) for name in names} | set(names)


def check_json(root, text):
    known = frame_fields(root)
    for line in text.strip().split("\n"):
        try:
            keys = set(json.loads(line))
        except ValueError as error:
            return f"{error}: {line}"
        if not keys <= known or len(keys - {"id"}) != 1:
            return f"not a frame: {line}"
    return None


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, protoc_path = sys.argv[1:]
    with open(os.path.join(root, "docs/PROTOCOL.md"), encoding="utf-8") as file:
        text = file.read()
    blocks = [(match.group(1), match.group(2), text.count("\n", 0, match.start()) + 1)
              for match in BLOCK.finditer(text)]
    problems = []
    all_frames = []
    decoder = None
    for index, (kind, body, line) in enumerate(blocks):
        problem = None
        if kind == "hex":
            behind = blocks[index + 1] if index + 1 < len(blocks) else ("", "", 0)
            if behind[0] != "textproto":
                problem = "no textproto block stands behind it"
            else:
                frames, problem = check_hex(root, protoc_path, body, behind[1])
                all_frames += frames
        elif kind == "json":
            problem = check_json(root, body)
        elif kind == "python" and body.startswith("# decoder"):
            decoder = (body, line)
        elif kind == "python":
            try:
                compile(body, "docs/PROTOCOL.md", "exec")
            except SyntaxError as error:
                problem = str(error)
        if problem:
            problems.append(f"docs/PROTOCOL.md:{line}: {problem}")
    if not all_frames or decoder is None:
        problems.append("docs/PROTOCOL.md: no frames or no decoder found: the search is broken")
    else:
        problem = check_decoder(decoder[0], all_frames)
        if problem:
            problems.append(f"docs/PROTOCOL.md:{decoder[1]}: {problem}")
    print("\n".join(problems) if problems else f"examples: {len(all_frames)} frames ok")
    sys.exit(1 if problems else 0)


main()
