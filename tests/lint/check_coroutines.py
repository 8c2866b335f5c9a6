#!/usr/bin/env python3
"""Checks where `co_await` stands, because GCC 12 destroys some temporaries of the full expression twice.

`co_await x` must be a statement of its own, the sole initialiser of a named variable or the sole operand of an
assignment, `co_return` or a cast to void, or the head of a condition or range-for. The same full expression may
hold no capturing lambda, no braced temporary and no `?:`. A coroutine may not be a capturing lambda.

usage: check_coroutines.py ROOT             check the tree
       check_coroutines.py --self-test DIR  every `EXPECT: text` comment in DIR's files names a finding that must
                                            be made on that line, and nothing else may be found
"""
import os
import re
import sys

FOLDERS = ("common", "proto", "daemon", "client", "tests")
TOKEN = re.compile(
    r'(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)'
    r'|(?P<text>(?:u8|u|U|L)?R"(?P<delim>[^()\\\s]{0,16})\(.*?\)(?P=delim)"'
    r'|(?:u8|u|U|L)?"(?:[^"\\\n]|\\.)*"|(?:u8|u|U|L)?\'(?:[^\'\\\n]|\\.)+\')'
    r"|(?P<word>\d(?:[\w.]|'\w)*|[A-Za-z_]\w*)"
    r'|(?P<sign>::|->\*?|\+\+|--|<=>|<<=?|==|!=|<=|>=|&&|\|\||[-+*/%&|^]=|\.\.\.|.)', re.S | re.M)
OPEN = {"(": ")", "[": "]", "{": "}"}
BINARY = {"==", "!=", "&&", "||", "<=", ">=", "<=>", "<<", "+", "-", "/", "%", "^", "|", "=", ","}
DISCARD = ["static_cast", "<", "void", ">", "("]
AWAITS = ("co_await", "co_yield")


class Token:
    def __init__(self, text, line, kind="code", captures=False, coroutine=False):
        self.text, self.line, self.kind = text, line, kind
        self.captures, self.coroutine = captures, coroutine

    def __eq__(self, text):
        return self.kind == "code" and self.text == text


def tokenize(source):
    tokens = []
    line = 1
    for match in TOKEN.finditer(source):
        if match.lastgroup != "skip" and not match.group("skip"):
            kind = "string" if match.group("text") else "code"
            tokens.append(Token(match.group(0), line, kind))
        line += match.group(0).count("\n")
    return tokens


def close_of(tokens, start):
    """Index of the bracket that closes the one at `start`, or the last index when there is none."""
    wanted = []
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.kind != "code":
            continue
        if token.text in OPEN:
            wanted.append(OPEN[token.text])
        elif wanted and token.text == wanted[-1]:
            wanted.pop()
            if not wanted:
                return index
    return len(tokens) - 1


def is_lambda(tokens, index):
    """Whether the `[` at `index` begins a lambda, not a subscript, an attribute or a structured binding."""
    if index + 1 < len(tokens) and tokens[index + 1] == "[":
        return False
    if index == 0:
        return True
    before = tokens[index - 1]
    if before.kind == "string" or before.text in (")", "]", "auto", "[", "operator", "delete", "LAMBDA"):
        return False
    if before.text in ("&", "&&") and index > 1 and tokens[index - 2] == "auto":
        return False
    keywords = ("return", "co_return", "co_await", "co_yield", "else", "case", "throw", "do")
    return before.text in keywords or not re.match(r"\w", before.text)


def body_of(tokens, index):
    """Index of the `{` of the lambda whose captures close at `index`; None when it has no body."""
    index += 1
    while index < len(tokens):
        token = tokens[index]
        if token == "{":
            return index
        if token == "(" or token == "[":
            index = close_of(tokens, index)
        elif token.kind == "code" and token.text in (";", "}", ")", "]"):
            return None
        index += 1
    return None


class Checker:
    def __init__(self, source):
        self.findings = []
        self.block(self.fold_lambdas(tokenize(source)))

    def complain(self, token, text):
        self.findings.append((token.line, text))

    def fold_lambdas(self, tokens):
        """Replaces each lambda by one token, after checking its body as a block of its own."""
        result = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token == "[" and is_lambda(tokens, index):
                captures_end = close_of(tokens, index)
                body = body_of(tokens, captures_end)
                if body is not None:
                    end = close_of(tokens, body)
                    inner = self.fold_lambdas(tokens[body + 1:end])
                    captures = captures_end > index + 1
                    coroutine = any(t in AWAITS or t == "co_return" for t in inner)
                    if captures and coroutine:
                        self.complain(token, "a coroutine is a capturing lambda")
                    self.block(inner)
                    result.append(Token("LAMBDA", token.line, "code", captures, coroutine))
                    index = end + 1
                    continue
            if token == "[" and index + 1 < len(tokens) and tokens[index + 1] == "[":
                index = close_of(tokens, index) + 1  # an attribute
                continue
            result.append(token)
            index += 1
        return result

    def block(self, tokens):
        statement = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token == "(" or token == "[":
                end = close_of(tokens, index)
                statement += tokens[index:end + 1]
                index = end + 1
                continue
            if token.kind == "code" and token.text in (";", "{", "}"):
                self.statement(statement, token.text)
                statement = []
            else:
                statement.append(token)
            index += 1
        self.statement(statement, "}")

    def statement(self, tokens, end):
        while tokens:
            head = tokens[0]
            if head == "else" or head == "do":
                tokens = tokens[1:]
            elif head == "case" or head == "default":
                colon = next((i for i, t in enumerate(tokens) if t == ":"), len(tokens) - 1)
                tokens = tokens[colon + 1:]
            elif head.kind == "code" and head.text in ("if", "while", "switch", "for"):
                start = next((i for i, t in enumerate(tokens) if t == "("), None)
                if start is None:
                    return
                close = close_of(tokens, start)
                self.condition(tokens[start + 1:close])
                tokens = tokens[close + 1:]
            else:
                break
        awaits = [token for token in tokens if token in AWAITS]
        if not awaits:
            return
        if end == "{":
            self.complain(awaits[0], "a braced temporary stands in the full expression")
        elif end == "}":
            self.complain(awaits[0], "co_await stands inside braces")
        else:
            self.expression(tokens)

    def condition(self, tokens):
        for part in split(tokens, ";"):
            if any(token in AWAITS for token in part):
                range_for = split(part, ":")
                self.expression(range_for[-1] if len(range_for) == 2 else part)

    def expression(self, tokens):
        """One full expression that awaits."""
        if [token.text for token in tokens[:5]] == DISCARD and close_of(tokens, 4) == len(tokens) - 1:
            tokens = tokens[5:-1]
        awaits = [index for index, token in enumerate(tokens) if token in AWAITS]
        at = awaits[0]
        if len(awaits) > 1:
            self.complain(tokens[awaits[1]], "more than one co_await in a full expression")
        elif any(token == "?" for token in tokens):
            self.complain(tokens[at], "`?:` stands in the full expression")
        elif any(token == "LAMBDA" and token.captures for token in tokens):
            self.complain(tokens[at], "a capturing lambda stands in the full expression")
        elif any(token == "{" for token in tokens):
            self.complain(tokens[at], "a braced temporary stands in the full expression")
        elif not head_is_plain(tokens[:at]):
            self.complain(tokens[at], "co_await is not the head of the statement or its initialiser")
        elif has_binary(tokens[at + 1:]):
            self.complain(tokens[at], "co_await is part of a larger expression")


def split(tokens, sign):
    """Splits at `sign` outside brackets."""
    parts = [[]]
    index = 0
    while index < len(tokens):
        if tokens[index].kind == "code" and tokens[index].text in OPEN:
            end = close_of(tokens, index)
            parts[-1] += tokens[index:end + 1]
            index = end
        elif tokens[index] == sign:
            parts.append([])
        else:
            parts[-1].append(tokens[index])
        index += 1
    return parts


def head_is_plain(head):
    """`head` is what stands before co_await: nothing, `co_return`, `(void)`, or `variable =`."""
    text = "".join(token.text + " " for token in head).strip()
    if text in ("", "co_return", "( void )"):
        return True
    if not text.endswith(" ="):
        return False
    target = text[:-2]
    binding = re.fullmatch(r"((static|const|constexpr) )*auto (& |&& )?\[ [\w ,]+ \]", target)
    return bool(binding) or re.fullmatch(r"[A-Za-z_][\w\s:<>,&*.]*(-> [\w\s.]+)*", target) is not None


def has_binary(operand):
    """Whether an operator follows the awaited expression, outside its brackets."""
    index = 0
    while index < len(operand):
        token = operand[index]
        if token.kind == "code":
            if token.text in OPEN:
                index = close_of(operand, index)
            elif token.text == "<":  # template arguments hold commas
                depth = 0
                while index < len(operand):
                    depth += {"<": 1, ">": -1}.get(operand[index].text, 0)
                    if depth == 0:
                        break
                    index += 1
            elif token.text in BINARY:
                return True
        index += 1
    return False


def check_tree(root):
    for folder in FOLDERS:
        for parent, folders, files in os.walk(os.path.join(root, folder)):
            relative = os.path.relpath(parent, root)
            folders[:] = sorted(name for name in folders if os.path.join(relative, name) != "tests/lint/samples")
            for name in sorted(files):
                if name.endswith((".hpp", ".cpp")):
                    with open(os.path.join(parent, name), encoding="utf-8") as file:
                        for line, text in sorted(Checker(file.read()).findings):
                            yield f"{os.path.join(relative, name)}:{line}: {text}"


def self_test(samples):
    problems = []
    expectations = 0
    for name in sorted(os.listdir(samples)):
        with open(os.path.join(samples, name), encoding="utf-8") as file:
            source = file.read()
        found = sorted(Checker(source).findings)
        for number, line in enumerate(source.split("\n"), 1):
            wanted = re.search(r"EXPECT: (.*)", line)
            have = [text for at, text in found if at == number]
            expectations += bool(wanted)
            if wanted and not any(wanted.group(1) in text for text in have):
                problems.append(f"{name}:{number}: not found: {wanted.group(1)}; instead: {have}")
            elif have and not wanted:
                problems.append(f"{name}:{number}: wrongly found: {have}")
    if expectations == 0:
        problems.append(f"{samples}: no sample expects a finding")
    return problems


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--self-test":
        problems = self_test(sys.argv[2])
    elif len(sys.argv) == 2:
        problems = list(check_tree(sys.argv[1]))
    else:
        sys.exit(__doc__)
    print("\n".join(problems) if problems else "coroutines: ok")
    sys.exit(1 if problems else 0)


main()
