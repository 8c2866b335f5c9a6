"""What a screen shows, as in ptyd.proto."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from ._fields import Message, s32, s64, u32, u64
from .errors import ProtoEnum


class ScreenFormat(ProtoEnum):
    SCREEN_FORMAT_UNSPECIFIED = 0  # TEXT
    TEXT = 1  # a line each row, without trailing blanks; no control characters
    ANSI = 2  # the same with colors and links: nothing but text, SGR, OSC 8 and newlines
    STRUCTURED = 3  # `screen` instead of `data`
    HTML = 4  # a page of its own, without scripts
    SVG = 5  # a picture of its own, without scripts and links


class RowMark(ProtoEnum):
    """What a shell told about the beginning of a row."""
    ROW_MARK_UNSPECIFIED = 0  # nothing
    MARK_PROMPT = 1
    MARK_INPUT = 2
    MARK_OUTPUT = 3


class ShellPhase(ProtoEnum):
    SHELL_PHASE_UNSPECIFIED = 0
    SHELL_PROMPT = 1
    SHELL_INPUT = 2  # a command is being typed
    SHELL_RUNNING = 3
    SHELL_DONE = 4


@dataclass(frozen=True)
class Row(Message):
    index: s64 = 0  # 0 is the first of the screen; scrollback is below 0
    wrapped: bool = False  # the line goes on in the next row
    mark: RowMark = RowMark.ROW_MARK_UNSPECIFIED
    generation: u64 = 0  # of the last change; 0 for scrollback
    runs: Sequence[Run] = ()  # from the left; behind the last one the row is blank


@dataclass(frozen=True)
class Run(Message):
    """Cells that look alike. All characters of a run take the same number of columns, one or two; what one cell shows
    of several code points is a run of its own."""
    text: str = ""
    columns: u32 = 0
    style: u32 = 0  # 0: the default look
    link: u32 = 0  # 0: none


@dataclass(frozen=True)
class Style(Message):
    """Colors are "#rrggbb", the index of a palette entry like "1" or "208", or empty for the default."""
    foreground: str = ""
    background: str = ""
    underline_color: str = ""  # empty: that of the text
    underline: u32 = 0  # 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed
    bold: bool = False
    dim: bool = False
    italic: bool = False
    blink: bool = False
    inverse: bool = False
    conceal: bool = False
    strike: bool = False
    overline: bool = False


@dataclass(frozen=True)
class Link(Message):
    uri: str = ""  # as the program wrote it: not to be trusted
    id: str = ""  # links with the same id and uri belong together


@dataclass(frozen=True)
class Cursor(Message):
    row: u32 = 0  # 0 is the first
    column: u32 = 0
    visible: bool = False
    shape: u32 = 0  # as in DECSCUSR: 1 and 2 block, 3 and 4 underline, 5 and 6 bar, odd ones blink; 0: unset
    pending_wrap: bool = False  # the next character goes to the next row first


@dataclass(frozen=True)
class Modes(Message):
    insert: bool = False
    newline: bool = False
    application_cursor: bool = False
    reverse_video: bool = False
    origin: bool = False
    autowrap: bool = False
    cursor_blink: bool = False
    reverse_wrap: bool = False
    application_keypad: bool = False
    left_right_margins: bool = False
    focus_events: bool = False
    alternate_scroll: bool = False
    bracketed_paste: bool = False
    synchronized: bool = False  # the program is in the middle of an update
    grapheme_clusters: bool = False
    color_scheme_reports: bool = False
    size_reports: bool = False
    mouse: u32 = 0  # 0, 9, 1000, 1002 or 1003
    mouse_encoding: u32 = 0  # 0, 1005, 1006, 1015 or 1016
    keyboard: u32 = 0  # flags of the kitty keyboard protocol
    modify_other_keys: u32 = 0


@dataclass(frozen=True)
class ShellState(Message):
    phase: ShellPhase = ShellPhase.SHELL_PHASE_UNSPECIFIED
    exit_code: Optional[s32] = None  # of the last command, when the shell told
    commands: u64 = 0  # that have ended


@dataclass(frozen=True)
class Screen(Message):
    rows: Sequence[Row] = ()  # from the top
    styles: Sequence[Style] = ()  # Run.style 1 is the first
    links: Sequence[Link] = ()  # Run.link 1 is the first
    cursor: Optional[Cursor] = None
    modes: Optional[Modes] = None
    title: str = ""
    icon: str = ""
    cwd: str = ""  # the URI that the program told, OSC 7
    alternate: bool = False  # the alternate screen is shown
    shell: Optional[ShellState] = None  # absent when no shell told, OSC 133


@dataclass(frozen=True)
class SearchMatch(Message):
    """A line keeps its number as long as it is kept. Columns count cells of the whole line, from 0."""
    line: u64 = 0  # counts the lines since the session began
    begin: u32 = 0  # first column of the match
    end: u32 = 0  # one past its last
    text: str = ""  # the line; of one above 4 KiB the part around the match
    text_begin: u32 = 0  # column of text[0]
    before: Sequence[str] = ()  # context, oldest first; each cut at 4 KiB
    after: Sequence[str] = ()
