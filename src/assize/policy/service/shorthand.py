"""What authors may write short in a clause, and what it stands for.

exceptions = ["fiction", { kind = "professional", standard = "…" }]   from `[exception.fiction]` of rubric.toml
questions = ["gravity", { dimension = "imminence", text = "…" }]      from `[question.gravity]` of rubric.toml
mappings = ["ailuminate:cse:close"]                                   from `[scheme.ailuminate]` of schemes.toml
default_dispositions = ["account ban-account", "conversation safeguard_defect"]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Table = dict[str, Any]
Wrong = tuple[tuple[str | int, ...], str]

DEFECT = "safeguard_defect"


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the whole pack says once: by name."""

    questions: Mapping[str, Table] = field(default_factory=dict)
    exceptions: Mapping[str, Table] = field(default_factory=dict)
    schemes: Mapping[str, Table] = field(default_factory=dict)
    reason_codes: tuple[Table, ...] = ()
    support_actions: frozenset[str] = frozenset()


def expanded(raw: Table, defaults: Defaults) -> tuple[Table, list[Wrong]]:
    """Return a clause written out in full, and what could not be understood, with its place in the clause.

    What isn't short is left alone: the strict reading that follows tells what is wrong with it.
    """
    wrong: list[Wrong] = []
    full = dict(raw)
    ways = {
        "questions": _question,
        "exceptions": _exception,
        "mappings": _mapping,
        "default_dispositions": _disposition,
    }
    for key, way in ways.items():
        listed = raw.get(key)
        if isinstance(listed, list):
            full[key] = list(_each(listed, key, way, defaults, wrong))
    own = raw.get("reason_codes", [])
    if isinstance(own, list):
        full["reason_codes"] = [*own, *defaults.reason_codes]
    return full, wrong


def _each(listed: list[Any], key: str, way: Any, defaults: Defaults, wrong: list[Wrong]) -> Iterator[Any]:
    for number, one in enumerate(listed):
        try:
            yield way(one, defaults)
        except ValueError as error:
            wrong.append(((key, number), str(error)))


def _question(one: Any, defaults: Defaults) -> Any:
    if isinstance(one, str):
        one = {"dimension": one}
    if not isinstance(one, dict):
        return one
    usual = defaults.questions.get(str(one.get("dimension")))
    if usual is None:
        raise ValueError(f"rubric.toml has no [question.{one.get('dimension')}]")
    filled = {"text": usual.get("text", ""), "answers": usual.get("answers", []), **one}
    if isinstance(filled["answers"], list):
        filled["answers"] = [
            {"score": score, "text": text} if isinstance(text, str) else text
            for score, text in enumerate(filled["answers"])
        ]
    return filled


def _exception(one: Any, defaults: Defaults) -> Any:
    if isinstance(one, str):
        one = {"kind": one}
    if not isinstance(one, dict):
        return one
    kind = str(one.get("kind"))
    usual = defaults.exceptions.get(kind)
    if usual is None:
        raise ValueError(f"rubric.toml has no [exception.{kind}]")
    return {"id": kind, **usual, **one}


def _mapping(one: Any, defaults: Defaults) -> Any:
    if not isinstance(one, str):
        return one
    scheme, code, relation = (*one.split(":"), "", "")[:3]
    usual = defaults.schemes.get(scheme)
    if usual is None or not code or not relation or one.count(":") > 2:  # noqa: PLR2004 - three parts, two colons
        raise ValueError(f"{one!r} is no mapping: scheme:code:relation, with a scheme of schemes.toml")
    known = {name: usual[name] for name in ("version", "confidence", "checked_on") if name in usual}
    return {"scheme": scheme, "code": code, "relation": relation, **known}


def _disposition(one: Any, defaults: Defaults) -> Any:
    if not isinstance(one, str):
        return one
    level, _, action = one.partition(" ")
    if not action.strip():
        raise ValueError(f"{one!r} is no disposition: a target level and an action, or {DEFECT}")
    action = action.strip()
    if action == DEFECT:
        return {"target_level": level, "kind": DEFECT}
    kind = "support" if action in defaults.support_actions else "enforce"
    return {"target_level": level, "kind": kind, "action_id": action}
