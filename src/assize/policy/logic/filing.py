"""A published pack as the files of a pack again: one file for each clause, so that two people can write at once.

Reading the files gives the same pack; a test holds them to it. What clauses share is said once, as authors do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from itertools import groupby, takewhile
from typing import Any

from assize.policy.logic.spelling import spelled_table, spelled_value
from assize.policy.models import (
    ActionSpec,
    Clause,
    ClauseException,
    Example,
    Gate,
    ModeRule,
    Question,
    QueueSpec,
    Route,
    RuleText,
    SupportResource,
)

Body = Mapping[str, Any]
_HEAD = ("name", "version", "title", "summary", "languages", "precedence", "precedence_reasons")


def filed(body: Body) -> dict[str, str]:
    """Return the files of a pack, by name, from its JSON body."""
    shared = _Shared(body["clauses"], [one["id"] for one in body["actions"] if one["support"]])
    files = {
        "pack.toml": spelled_table(None, {key: body[key] for key in _HEAD}),
        "rubric.toml": shared.rubric(),
        "schemes.toml": shared.schemes(),
        "gates.toml": _tables("gate", body["gates"], Gate) + "\n" + _tables("mode", body["modes"], ModeRule),
        "routing.toml": _tables("queue", body["queues"], QueueSpec) + "\n" + _tables("route", body["routing"], Route),
        "actions.toml": _tables("action", body["actions"], ActionSpec)
        + "\n"
        + spelled_table("[ladder]", body["ladder"]),
        "support.toml": _support(body["support"]),
    }
    for name, clauses in _runs(body["clauses"], lambda one: str(one["id"])):
        (clause,) = clauses
        files[f"clauses/{name}.toml"] = _clause(clause, shared)
        files[f"text/{clause['id']}.md"] = f"## {clause['id']} {clause['title']}\n\n{clause['scope']}\n"
    for name, rules in _runs(body["rules"], lambda one: _family(one["clause"])):
        files[f"rules/{name}.toml"] = _tables("rule", rules, RuleText)
    for name, examples in _runs(body["examples"], lambda one: _family(one["primary"])):
        files[f"examples/{name}.toml"] = _tables("example", examples, Example)
    for family in sorted({_family(name) for name in (*body["terms"], *body["patterns"])}):
        files[f"terms/{family}.toml"] = "\n".join(
            spelled_table(f"[{kind}]", {name: one for name, one in body[kind].items() if _family(name) == family})
            for kind in ("terms", "patterns")
        )
    files |= {f"text/{name}.md": text for name, text in body["text"].items()}
    return files


def next_version(version: str) -> str:
    """Return the next number of a version: the last part that is a number, and one more."""
    head, dot, last = version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{version}.1"


class _Shared:
    """What clauses have in common, so that each says only what is its own."""

    def __init__(self, clauses: Sequence[Body], support_actions: Sequence[str]) -> None:
        self.support_actions = support_actions
        self.reason_codes = _common_end([one["reason_codes"] for one in clauses])
        self.questions = _usual(clauses, "questions", "dimension", ("text", "answers"))
        self.exceptions = _usual(clauses, "exceptions", "kind", ("title", "standard", "closed_by"))
        self.mapped = _usual(clauses, "mappings", "scheme", ("version", "confidence", "checked_on"))

    def rubric(self) -> str:
        """Return rubric.toml."""
        told = ["# What the clauses share: questions with their answers, and exceptions with their standard."]
        for name, one in sorted(self.questions.items()):
            answers = [each["text"] for each in one["answers"]] if _counted(one["answers"]) else one["answers"]
            told.append(spelled_table(f"[question.{name}]", {**one, "answers": answers}))
        for name, one in sorted(self.exceptions.items()):
            told.append(spelled_table(f"[exception.{spelled_name(name)}]", _without_empty(one)))
        told += [spelled_table("[[reason_code]]", one) for one in self.reason_codes]
        return "\n".join(told)

    def schemes(self) -> str:
        """Return schemes.toml."""
        told = ["# The taxonomies that clauses map to, and how each is known."]
        told += [spelled_table(f"[scheme.{spelled_name(name)}]", one) for name, one in sorted(self.mapped.items())]
        return "\n".join(told)


def spelled_name(name: str) -> str:
    """Return the name of a table."""
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else spelled_value(name)


def _clause(clause: Body, shared: _Shared) -> str:
    said = _said(clause, Clause)
    said.pop("scope")
    category = said.pop("category")
    said["questions"] = [_short(one, shared.questions, "dimension", Question) for one in said["questions"]]
    said["exceptions"] = [_exception(one, shared) for one in said["exceptions"]]
    said["mappings"] = [_mapping(one, shared) for one in said["mappings"]]
    said["default_dispositions"] = [_disposition(one, shared) for one in said["default_dispositions"]]
    said["reason_codes"] = said["reason_codes"][: len(said["reason_codes"]) - len(shared.reason_codes)]
    return spelled_table(None, {"category": category}) + "\n" + spelled_table("[[clause]]", said)


def _short(one: Body, usual: Mapping[str, Body], key: str, kind: type) -> Any:
    known = usual[one[key]]
    own = {name: value for name, value in _said(one, kind).items() if name == key or known.get(name) != value}
    return one[key] if set(own) == {key} else own


def _exception(one: Body, shared: _Shared) -> Any:
    known = shared.exceptions[one["kind"]]
    own = {name: value for name, value in one.items() if name in {"kind", "id"} or known.get(name) != value}
    if own["id"] == own["kind"]:
        own.pop("id")
    if set(own) == {"kind"}:
        return one["kind"]
    return {each.name: own[each.name] for each in fields(ClauseException) if each.name in own}


def _mapping(one: Body, shared: _Shared) -> Any:
    known = shared.mapped[one["scheme"]]
    plain = all(one.get(name) == known.get(name) for name in ("version", "confidence", "checked_on"))
    if plain and ":" not in one["scheme"] and ":" not in one["code"] and one["code"]:
        return f"{one['scheme']}:{one['code']}:{one['relation']}"
    return {name: value for name, value in one.items() if value is not None}


def _disposition(one: Body, shared: _Shared) -> Any:
    action = one.get("action_id")
    if not one.get("params"):
        if one["kind"] == "safeguard_defect" and action is None:
            return f"{one['target_level']} safeguard_defect"
        if action and one["kind"] == ("support" if action in shared.support_actions else "enforce"):
            return f"{one['target_level']} {action}"
    return {key: value for key, value in one.items() if value not in (None, {})}


def _common_end(lists: Sequence[Sequence[Body]]) -> list[Body]:
    """Return what every list ends with; nothing where there is only one, whose own it may be."""
    if len(lists) < 2:  # noqa: PLR2004 - one list shares nothing
        return []
    same = takewhile(lambda ones: all(one == ones[0] for one in ones), zip(*map(reversed, lists), strict=False))
    return [ones[0] for ones in same][::-1]


def _usual(clauses: Sequence[Body], listed: str, key: str, kept: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return for each name what most clauses say of it."""
    seen: dict[str, Counter[str]] = {}
    told: dict[str, dict[str, Any]] = {}
    for one in (each for clause in clauses for each in clause[listed]):
        values = {name: one[name] for name in kept if one.get(name) is not None}
        spelled = repr(values)
        told[spelled] = values
        seen.setdefault(str(one[key]), Counter())[spelled] += 1
    return {name: told[counts.most_common(1)[0][0]] for name, counts in seen.items()}


def _counted(answers: Sequence[Body]) -> bool:
    return [one["score"] for one in answers] == list(range(len(answers)))


def _without_empty(one: Body) -> dict[str, Any]:
    return {key: value for key, value in one.items() if value not in ([], {})}


def _tables(name: str, listed: Iterable[Body], kind: type) -> str:
    return "\n".join(spelled_table(f"[[{name}]]", _said(one, kind)) for one in listed)


def _said(one: Body, kind: type) -> dict[str, Any]:
    """Return what a thing says beyond what goes without saying, in the order of its model."""
    said: dict[str, Any] = {}
    for each in fields(kind):
        if each.name not in one or one[each.name] is None:
            continue
        usual = each.default if each.default is not MISSING else _made(each)
        if one[each.name] != (list(usual) if isinstance(usual, tuple) else usual):
            said[each.name] = one[each.name]
    return said


def _made(each: Any) -> Any:
    return MISSING if each.default_factory is MISSING else each.default_factory()


def _support(by_locale: Mapping[str, Sequence[Body]]) -> str:
    told = [
        spelled_table("[[resource]]", {"locale": locale, **_said(one, SupportResource)})
        for locale, listed in by_locale.items()
        for one in listed
    ]
    return "\n".join(told)


def _family(name: str) -> str:
    return name.partition("-")[0].partition(".")[0].lower()


def _runs(listed: Sequence[Body], key: Callable[[Body], str]) -> Iterator[tuple[str, list[Body]]]:
    """Yield things in files whose names, in order, keep the order of the things."""
    runs = [(name, list(found)) for name, found in groupby(listed, key=key)]
    names = [name for name, _ in runs]
    # Files are read in the order of their names; `.toml` comes behind, and `.` sorts after `-`.
    if [f"{one}.toml" for one in names] == sorted({f"{one}.toml" for one in names}):
        yield from runs
        return
    width = len(str(len(runs)))
    yield from ((f"{number:0{width}}-{name}", found) for number, (name, found) in enumerate(runs, 1))
