"""Which words of an approval log mean submitted, approved, rejected, final or paid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntFlag

from linkage_sim.errors import InputError
from linkage_sim.words import say


class Kind(IntFlag):
    """What an event does to a file; a final approval is an approval too."""

    OTHER = 0
    SUBMITTED = 1
    APPROVED = 2
    REJECTED = 4
    FINAL = 8
    PAID = 16


# "approver" and "rejecter" name a person, "request payment" asks for money: neither is the act.
WORDS: dict[str, str] = {
    "submitted": r"submit(?:s|ted)?(?![a-z])|lodged|提交|上报|申报|报送",
    "approved": r"approved?(?![a-z])|approval granted|批准|核准|同意|通过",
    "rejected": (
        r"reject(?:s|ed)?(?![a-z])|returned(?![a-z])|sent back|declined|denied|disapproved"
        r"|not approved|退回|驳回|打回|不予?(?:批准|核准|同意|通过)|未(?:批准|核准|同意|通过)"
    ),
    "final": r"final[ _-]*approved?(?![a-z])|终审(?:批准|同意|通过)|最终(?:批准|核准|同意|通过)",
    "paid": (
        r"payment[ _-]*(?:handled|made|completed|executed|done)|paid(?![a-z])|disbursed"
        r"|(?<!申请)(?<!请求)(?:支付|拨付)(?!申请|请求)"
    ),
}


def compiled(words: Mapping[str, str] | None) -> dict[str, re.Pattern[str]]:
    """Prepare the patterns that tell the kinds of events apart.

    Parameters
    ----------
    words
        Kind (submitted, approved, rejected, final, paid) -> regular expression, replacing the
        usual words of that kind; upper and lower case are the same.

    Raises
    ------
    InputError
        For a kind that does not exist or an expression that cannot be read.
    """
    messages = [
        say("input.kind", found=kind, known=", ".join(WORDS))
        for kind in words or {} if kind not in WORDS
    ]
    patterns: dict[str, re.Pattern[str]] = {}
    for kind, usual in WORDS.items():
        try:
            patterns[kind] = re.compile((words or {}).get(kind, usual), re.IGNORECASE)
        except (re.error, RecursionError, OverflowError) as error:
            messages.append(say("input.expression", kind=kind, reason=error))
    if messages:
        raise InputError(messages)
    return patterns


def kind_of(activity: str, patterns: Mapping[str, re.Pattern[str]]) -> Kind:
    """Tell what one activity means; a rejection wins over the approval it may name.

    "REJECTED by PRE_APPROVER" and "not approved" are rejections; a submission that mentions an
    approver is a submission.
    """
    if patterns["rejected"].search(activity):
        return Kind.REJECTED
    if patterns["final"].search(activity):
        return Kind.APPROVED | Kind.FINAL
    if patterns["submitted"].search(activity):
        return Kind.SUBMITTED
    if patterns["paid"].search(activity):
        return Kind.PAID
    if patterns["approved"].search(activity):
        return Kind.APPROVED
    return Kind.OTHER
