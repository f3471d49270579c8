"""Says what is wrong where a file is no TOML: the line itself, and what it should probably say."""

from __future__ import annotations

import ast
import re

from linkage_sim.words import language, say, translated

LONGEST_LINE = 90
LONGEST_STUDIED = 10_000
"""Signs of a line that are looked at: no person wrote more of them before a mistake."""
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\s*$")
_TUPLE = re.compile(r"\((?:'[^']*'|\"[^\"]*\")(?:, (?:'[^']*'|\"[^\"]*\"))*,?\)")
# Signs of a Chinese keyboard or a word processor, and what TOML wants in their place.
RIGHT_SIGNS = {
    **dict.fromkeys("“”„‟«»＂「」", '"'), **dict.fromkeys("‘’‚‛＇", "'"), "＝": "=",
    **dict.fromkeys("，、", ","), **dict.fromkeys("［【〔", "["), **dict.fromkeys("］】〕", "]"),
    "｛": "{", "｝": "}", **dict.fromkeys("．。", "."), "：": "=", "＃": "#", "＿": "_",
    **dict.fromkeys("－–—−", "-"), **dict.fromkeys("\u3000\u00a0\u2003\u200b\ufeff", " "),
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
}
# What stands inside quotes, curly ones too, is text; so is what follows a #.
_LINE_PART = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*|“[^”]*”|‘[^’]*’|「[^」]*」|.")
_PART = re.compile(
    r"#[^\n]*|\"\"\"(?:\\.|(?!\"\"\")[^\\])*\"\"\"|'''.*?'''|\"\"\"|'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\[\]{}]", re.DOTALL
)
_LONG_NUMBER = re.compile(r"[0-9_]{4000,}")
_TWICE = re.compile(r"overwrite|twice|Duplicate|mutate|redefine")
_NUMBER = re.compile(r"=\s*[-+]?(\d{1,3}(?:[, ]\d{3})+|\d+,\d+)\s*(?:#.*)?$")


class _Place:
    """The spot of a file at which the parser gave up."""

    def __init__(self, text: str, reason: str) -> None:
        found = _POSITION.search(reason)
        self.known = found is not None
        self.reason = reason[: found.start()] if found else reason
        self.lines = text.split("\n")
        if found and found[1]:
            self.number, column = int(found[1]), int(found[2])
        else:
            # The end of the document is its last line that says anything.
            self.number = len(text.rstrip().split("\n"))
            column = len(self.lines[self.number - 1]) + 1
        whole = self.lines[self.number - 1]
        self.line = whole[:LONGEST_STUDIED]
        self.rest = whole[column - 1 :][:LONGEST_STUDIED]
        self.before = "\n".join([*self.lines[: self.number - 1], whole[: column - 1]])


def syntax_message(name: str, text: str, reason: str) -> str:
    """Write what a person needs to mend a file: its line, what stands there, a hint.

    Parameters
    ----------
    name
        The file as a person would name it.
    reason
        What the standard library's parser said, with the position at its end.
    """
    place = _Place(text, reason)
    if not place.known:
        return _without_place(name, text)
    lines = [f"{name}:{place.number}: {say('errors.syntax', reason=_in_words(place.reason))}"]
    if place.line.strip():
        shown = place.line.strip()
        lines.append(shown if len(shown) <= LONGEST_LINE else shown[: LONGEST_LINE - 3] + "...")
    return "\n    ".join([*lines, _hint(place)])


def _without_place(name: str, text: str) -> str:
    """Say what can be said of a reason without a position; Python gives none for long numbers."""
    long = _LONG_NUMBER.search(text)
    if long is None:
        return f"{name}: {say('errors.syntax', reason=say('errors.toml.unknown'))}"
    line = text.count("\n", 0, long.start()) + 1
    return f"{name}:{line}: {say('errors.syntax', reason=say('errors.toml.long_number'))}"


def _in_words(reason: str) -> str:
    """Put the parser's reason into the language in use; none stays English in Chinese."""
    plain = _TUPLE.sub(_joined, reason)
    told = translated(plain, "toml.")
    return say("errors.toml.unknown") if language() != "en" and told == plain else told


def _joined(found: re.Match[str]) -> str:
    """Write a key as a person does, a.b, where the parser shows a tuple of Python."""
    try:
        return ".".join(ast.literal_eval(found[0]))
    except (ValueError, SyntaxError):
        # Quotes within a key can look like the end of it.
        return found[0]


def wrong_signs(line: str) -> list[str]:
    """List what looks like a sign of TOML and is none, outside of text: ['“ -> "']."""
    found: list[str] = []
    for part in _LINE_PART.findall(line):
        for sign in part if part[0] in "“‘「" else part[:1]:
            if sign in RIGHT_SIGNS and (len(part) == 1 or sign in (part[0], part[-1])):
                found.append(sign)
    return [f"{_visible(sign)} -> {_visible(RIGHT_SIGNS[sign])}" for sign in dict.fromkeys(found)]


def _visible(sign: str) -> str:
    if sign == " ":
        return say("errors.toml.space")
    return sign if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"


def _hint(place: _Place) -> str:
    signs = wrong_signs(place.line)
    if signs:
        return say("errors.toml.signs", signs=", ".join(signs))
    reason, rest = place.reason, place.rest.strip()
    if _TWICE.search(reason):
        return _twice(place)
    if reason.startswith(("Unclosed", 'Expected "\'')) or "nterminated" in reason:
        return _unclosed(place)
    if reason == "Invalid value":
        return _no_value(rest)
    if reason.startswith("Expected newline"):
        return _too_much(place)
    if reason.startswith(("Expected '='", "Invalid statement", "Invalid initial")):
        return _no_statement(place.line.strip(), rest)
    if reason.startswith("Expected ']"):
        return say("errors.toml.head")
    if reason.startswith("Illegal character '\\n'"):
        return say("errors.toml.open_quote")
    if "'\\' in a string" in reason or "hex value" in reason or "Unicode scalar" in reason:
        return say("errors.toml.backslash")
    if "character" in reason:
        return say("errors.toml.unseen")
    if "date" in reason:
        return say("errors.toml.date")
    return say("errors.toml.form")


def _twice(place: _Place) -> str:
    """Tell where a key or table stood first."""
    if place.reason.startswith("Duplicate"):
        return say("errors.toml.twice_somewhere", name=place.reason.split()[-1].strip("'"))
    key = _named(place.line)
    for number in range(place.number - 1, 0, -1):
        earlier = _named(place.lines[number - 1])
        if earlier == key:
            return say("errors.toml.twice", name=key, line=number)
        if earlier.startswith("[") and not key.startswith("["):
            break
    return say("errors.toml.twice_somewhere", name=key)


def _named(line: str) -> str:
    """Give the head of a table, or the key before the equals sign."""
    line = line.strip()
    return line.partition("#" if line.startswith("[") else "=")[0].strip()


def _unclosed(place: _Place) -> str:
    """Tell which bracket or quote was opened last and never closed."""
    opened: list[tuple[str, int]] = []
    line, counted = 1, 0
    for found in _PART.finditer(place.before):
        sign = found[0]
        line += place.before.count("\n", counted, found.start())
        counted = found.start()
        if sign in ("[", "{", '"""', "'''"):
            opened.append((sign, line))
        elif sign in ("]", "}") and opened:
            opened.pop()
    if not opened:
        return say("errors.toml.form")
    sign, line = opened[-1]
    if sign in ('"""', "'''"):
        return say("errors.toml.open_text", sign=sign, line=line)
    return say("errors.toml.open_bracket", sign=sign, line=line)


def _no_value(rest: str) -> str:
    word = re.match(r"[^\s,\]#}]*", rest)
    first = word[0] if word else ""
    if not rest or rest.startswith("#"):
        return say("errors.toml.no_value")
    if first.lower() in ("true", "false"):
        return say("errors.toml.small", word=first.lower())
    if first.lower() in ("yes", "no", "on", "off", "是", "否"):
        return say("errors.toml.yes_or_no")
    if re.match(r"[-+]?\.\d", first):
        return say("errors.toml.decimal")
    if re.match(r"[^\W\d_]", first):
        whole = rest.partition("#")[0].strip()
        return say("errors.toml.quotes", text=whole if "," not in rest and "]" not in rest else first)
    return say("errors.toml.form")


def _too_much(place: _Place) -> str:
    line, rest = place.line.strip(), place.rest.strip()
    if _NUMBER.search(line) or re.match(r"\.(?!\d)", rest) or re.search(r"=\s*[-+]?0\d", line):
        return say("errors.toml.decimal")
    if rest.startswith("%"):
        return say("errors.toml.percent")
    if line.startswith("["):
        return say("errors.toml.alone")
    return say("errors.toml.rest", rest=rest if len(rest) <= LONGEST_LINE // 2
               else rest[: LONGEST_LINE // 2] + "...")


def _no_statement(line: str, rest: str) -> str:
    if line.startswith(("//", "/*", ";", "--", "%")):
        return say("errors.toml.comment")
    if rest.startswith(":"):
        return say("errors.toml.colon")
    if line[:1] in "]})":
        return say("errors.toml.closes_nothing", sign=line[:1])
    if re.match(r"[^\x00-\x7f]", line):
        return say("errors.toml.key")
    return say("errors.toml.form")
