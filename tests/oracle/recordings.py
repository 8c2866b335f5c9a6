"""What record.py recorded, and terminals that play it."""
import gzip
import json
import pathlib
import random

FOLDER = pathlib.Path(__file__).resolve().parent / "recordings"
SCROLLBACK = 10000


class Recording:
    def __init__(self, stem):
        self.name = stem
        self.output = gzip.decompress((FOLDER / f"{stem}.out.gz").read_bytes())
        about = json.loads((FOLDER / f"{stem}.json").read_text())
        self.size = about["columns"], about["rows"]
        self.resizes = [(event["offset"], event["columns"], event["rows"]) for event in about["resizes"]]
        self.pages = about["pages"]

    def cuts(self, count):
        """The same `count` offsets in each run, in order: anywhere, also amid a sequence; behind each resize, too."""
        chosen = random.Random(self.name).sample(range(1, len(self.output)), count)
        return sorted({*chosen, *(offset for offset, _, _ in self.resizes), len(self.output)})

    def size_at(self, offset):
        size = self.size
        for where, columns, rows in self.resizes:
            if where <= offset:
                size = columns, rows
        return size


class Player:
    """A terminal of `pipe` at some offset of a recording."""

    def __init__(self, pipe, recording):
        self.recording, self.offset = recording, 0
        self.terminal = pipe.new(*recording.size, SCROLLBACK)

    @classmethod
    def resumed(cls, pipe, recording, offset, snapshot):
        """A new terminal that was fed a snapshot taken at `offset`."""
        player = cls.__new__(cls)
        player.recording, player.offset = recording, offset
        player.terminal = pipe.new(*recording.size_at(offset), SCROLLBACK).feed(snapshot)
        return player

    def go(self, offset):
        """Feeds what is between here and `offset`; a resize at `offset` is done, too."""
        for where, columns, rows in self.recording.resizes:
            if self.offset < where <= offset:
                self.feed(where)
                self.terminal.resize(columns, rows)
        self.feed(offset)
        return self

    def feed(self, offset):
        self.terminal.feed(self.recording.output[self.offset:offset])
        self.offset = offset

    def state(self):
        return self.terminal.state()

    def close(self):
        self.terminal.close()


def names():
    return sorted(path.name[:-len(".json")] for path in FOLDER.glob("*.json"))
