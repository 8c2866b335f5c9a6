"""Cases of what terminals do, by control function: see case.py."""
from . import (charsets, cursor, edit, keyboard, modes, osc, parsing, protect, rectangle, reports, reset, scroll, sgr,
               tabs, text)

GROUPS = [cursor, scroll, edit, protect, rectangle, reset, modes, tabs, text, charsets, sgr, osc, reports, keyboard,
          parsing]
