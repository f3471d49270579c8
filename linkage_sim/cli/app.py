"""Puts the verbs together, and is the one place where errors become messages and exit codes.

Exit codes: 0 done, 1 finished with failures or a failed check, 2 bad usage or bad input,
3 results directory in use, 4 results damaged, 130 interrupted, 143 terminated.
How a verb is added stands in cli/verbs.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from linkage_sim.cli.notes import notes_said
from linkage_sim.cli.spoken import spoken
from linkage_sim.cli.termination import termination
from linkage_sim.cli.typed import remember
from linkage_sim.cli.verbs import program
from linkage_sim.errors import InputError
from linkage_sim.words import LANGUAGES, is_text, listing, say, set_language, system_reason

DONE, FAILED, BAD_INPUT = 0, 1, 2
MOST_MESSAGES = 100
"""Told at once; nobody reads a thousand, and a terminal keeps the last ones alone."""
INTERRUPTED, READER_GONE, TERMINATED = 130, 141, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit code.

    Parameters
    ----------
    arguments
        What was typed after the program's name; the process's own arguments if left out.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that lacks Chinese shows "?" rather than ending the program.
            stream.reconfigure(errors="replace")
    remember(typed)
    wanted = _wanted_language(typed)
    set_language(wanted if wanted in LANGUAGES else None)
    if wanted not in (None, *LANGUAGES):
        found = say("errors.found", found=f"'{wanted}'", allowed=listing(LANGUAGES))
        _complain([f"--lang: {found}"])
        return BAD_INPUT
    try:
        with termination() as terminated, notes_said(quiet="--quiet" in typed):
            code = _run(typed)
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has gone; Python would complain once more while it ends.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    finally:
        set_language(None)
    return TERMINATED if terminated else code


def start() -> None:
    """Begin as a program of its own: whenever Ctrl-C comes, what is said is the exit code."""
    try:
        code = main()
        # What was asked for is done; a late Ctrl-C has nothing left to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _wanted_language(typed: Sequence[str]) -> str | None:
    """Find --lang before anything is said: the words of --help depend on it."""
    for place, word in enumerate(typed):
        name, equals, value = word.partition("=")
        if name == "--lang":
            return value if equals else next(iter(typed[place + 1 :]), "")
    return None


def _run(typed: list[str]) -> int:
    try:
        _refuse_bytes(typed)
        code = program().main(typed, prog_name="linkage-sim", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except InputError as error:
        _complain(error.messages)
        return BAD_INPUT
    except MemoryError:
        _complain([say("cli.out_of_memory")])
        return FAILED
    except OSError as error:
        _complain([_system_trouble(error)])
        return FAILED if error.errno in (errno.ENOSPC, errno.EDQUOT) else BAD_INPUT
    except Exception as error:
        code = _expected(error)
        if code is None:
            raise
        return code


def _refuse_bytes(typed: Sequence[str]) -> None:
    """Refuse what no file of results could hold, before half of them are written."""
    garbled = [word for word in typed if not is_text(word)]
    if garbled:
        raise InputError(f"{word[:100]}: {say('errors.not_text')}" for word in garbled)


def _expected(error: Exception) -> int | None:
    """Report errors that bring their own exit code; None for a fault of the program."""
    if hasattr(error, "format_message"):
        context = getattr(error, "ctx", None)
        if context is not None:
            print(context.get_usage(), file=sys.stderr)  # noqa: T201 - to a person, on purpose
        told = spoken(error.format_message().replace("Value error, ", ""))
        group: Any = getattr(context, "command", None)
        inner = context is not None and context.parent is not None
        if inner and hasattr(group, "list_commands") and not hasattr(error, "option_name"):
            # A kind of import was left out or is not known.
            told += say("cli.one_of", known=listing(group.list_commands(context)))
        _complain([told])
        return BAD_INPUT
    code = getattr(error, "exit_code", None)
    if code is None:
        return None
    _complain([str(error)] if str(error) else [])
    return int(code)


def _complain(messages: Sequence[str]) -> None:
    more = [say("errors.more")] if len(messages) > MOST_MESSAGES else []
    for message in [*messages[:MOST_MESSAGES], *more]:
        sys.stderr.write(_printable(message) + "\n")
    sys.stderr.flush()


def _printable(message: str) -> str:
    """Keep control characters of a file's content from reaching the terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in message)


def _system_trouble(error: OSError) -> str:
    reason = system_reason(error)
    return f"{error.filename}: {reason}" if error.filename else reason
