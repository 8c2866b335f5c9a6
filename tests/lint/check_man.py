#!/usr/bin/env python3
"""Compares the help of the programs with their manual pages, in both directions.

usage: check_man.py PTYCTL_BINARY MAN_FILE [PTYD_BINARY PTYD_MAN]

In ptyctl's page each verb is a subsection (.Ss) of COMMANDS, its options are list items (.It Fl) there, and the global
options are those of GLOBAL OPTIONS. In ptyd's page the options are those of OPTIONS. Verbs, their other names, and
options, long and short, must be the same on both sides. Prints every difference; exits with 1 when there is one.
"""

import os
import re
import subprocess
import sys
from collections import defaultdict

HELP_LIMIT_S = 20
OPTION_LINE = re.compile(r"^ {1,8}(--?[A-Za-z][\w-]*(?:, *--?[A-Za-z][\w-]*)*)")
VERB_LINE = re.compile(r"^  ([a-z][a-z-]*)(?: |$)")
HEADING = re.compile(r"^([A-Za-z].*):$")


class Page:
    """Options and other names of each (section, subsection) of a manual page; without a subsection it is ""."""

    def __init__(self, path):
        self.options = defaultdict(set)
        self.aliases = defaultdict(set)
        self.subsections = defaultdict(list)
        place = ("", "")
        in_aliases = False
        with open(path, encoding="utf-8") as file:
            for line in file:
                macro, _, rest = line.rstrip("\n").partition(" ")
                if macro == ".Sh":
                    place = (rest, "")
                elif macro == ".Ss":
                    place = (place[0], rest)
                    self.subsections[place[0]].append(rest)
                elif macro == ".It":
                    self.options[place].update(option_names(rest.split()))
                elif macro == ".Ic" and in_aliases:
                    self.aliases[place].update(word for word in rest.split() if word not in (",", "."))
                in_aliases = line.startswith("Also called") or (in_aliases and macro == ".Ic")


def option_names(words):
    """The options that a list item's words name: "Fl d , -detached Ar DIR" is -d and --detached."""
    names = set()
    in_flags = False
    for word in words:
        if word == "Fl":
            in_flags = True
        elif in_flags and word[0].isupper() and len(word) == 2:
            in_flags = False
        elif in_flags and word != ",":
            names.add("-" + word)
    return names


def help_text(*command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PTYD_")}
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         timeout=HELP_LIMIT_S, check=False, env=environment)
    if run.returncode != 0:
        sys.exit(f"`{' '.join(command)}` ended with {run.returncode}: {run.stderr.strip()}")
    return run.stdout


def help_sections(text):
    """The lines below each "Heading:" of a help text."""
    sections = defaultdict(list)
    heading = ""
    for line in text.splitlines():
        found = HEADING.match(line)
        if found:
            heading = found.group(1)
        elif not line:
            heading = ""
        else:
            sections[heading].append(line)
    return sections


def options_of(lines):
    names = set()
    for line in lines:
        found = OPTION_LINE.match(line)
        if found:
            names.update(re.split(r", *", found.group(1)))
    return names


def aliases_of(text):
    found = re.search(r"^Also called: (.*)$", text, re.MULTILINE)
    return set(found.group(1).split()) if found else set()


def differences(what, in_help, in_page):
    found = [f"{what}: {name} is in the help, not in the page" for name in sorted(in_help - in_page)]
    return found + [f"{what}: {name} is in the page, not in the help" for name in sorted(in_page - in_help)]


def compare_ptyctl(binary, path):
    page = Page(path)
    overview = help_sections(help_text(binary, "help"))
    verbs = {found.group(1) for found in map(VERB_LINE.match, overview["Verbs"]) if found}
    if not verbs:
        return [f"`{binary} help` shows no verbs"]
    listed = page.subsections["COMMANDS"]
    found = differences("ptyctl", verbs, set(listed))
    found += [f"ptyctl: {verb} has more than one subsection" for verb in sorted(set(listed)) if listed.count(verb) > 1]
    global_options = options_of(overview["Global options"])
    found += differences("ptyctl, global", global_options, page.options[("GLOBAL OPTIONS", "")])
    for verb in sorted(verbs):
        text = help_text(binary, verb, "--help")
        sections = help_sections(text)
        # An option of the verb's own hides a global one of the same name.
        if options_of(sections["Global options"]) != global_options - options_of(sections.get("Options", [])):
            found.append(f"ptyctl {verb}: its help shows other global options than `ptyctl help`")
        place = ("COMMANDS", verb)
        found += differences(f"ptyctl {verb}", options_of(sections["Options"]), page.options[place])
        found += differences(f"ptyctl {verb}, other names", aliases_of(text), page.aliases[place])
    return found


def compare_ptyd(binary, path):
    options = options_of(help_text(binary, "--help").splitlines())
    if not options:
        return [f"`{binary} --help` shows no options"]
    return differences("ptyd", options, Page(path).options[("OPTIONS", "")])


def main(arguments):
    if len(arguments) not in (2, 4):
        sys.exit(__doc__)
    found = compare_ptyctl(arguments[0], arguments[1])
    if len(arguments) == 4:
        found += compare_ptyd(arguments[2], arguments[3])
    for difference in found:
        print(difference)
    if not found:
        print("help and pages agree: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
