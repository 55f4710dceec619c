"""SQL lives in the slice's `queries.sql`, each statement named and described.

-- claim_next_task
-- Give this reviewer the gravest open task they may take; skip rows that others hold.
with …
"""

import re
from functools import cache
from importlib.resources import files

_HEAD = re.compile(r"^-- ([a-z][a-z0-9_]*)$")


@cache
def queries(package: str) -> dict[str, str]:
    """Return the statements of a package's `queries.sql` by name.

    Raises ValueError where two share a name, or one has no description: a statement without a reason is a riddle.
    """
    return parse((files(package) / "queries.sql").read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, str]:
    """Split a file of named statements; see the module's docstring for its form."""
    statements: dict[str, list[str]] = {}
    described: set[str] = set()
    name = ""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head:
            name = head.group(1)
            if name in statements:
                raise ValueError(f"two statements are named {name}")
            statements[name] = []
        elif line.startswith("-- ") and name and not statements[name]:
            described.add(name)
        elif name and (line.strip() or statements[name]):
            statements[name].append(line)
    silent = sorted(set(statements) - described)
    if silent:
        raise ValueError(f"statements without a description: {', '.join(silent)}")
    return {name: "\n".join(lines).strip() for name, lines in statements.items()}
