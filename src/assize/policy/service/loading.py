"""From the files of a pack to a `Pack`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assize.policy.errors import PackBroken, PackNotFound
from assize.policy.models import (
    ActionSpec,
    Clause,
    Example,
    Gate,
    Ladder,
    ModeRule,
    Pack,
    Problem,
    QueueSpec,
    Route,
    RuleText,
    SupportResource,
)
from assize.policy.service.reading import Reader
from assize.policy.service.shorthand import Defaults, expanded
from assize.policy.service.written import WrittenFiles

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_SECTION = re.compile(r"^## +([A-Z]{2,4}-[0-9]+)[ \t]*(.*)$", re.MULTILINE)
_HEAD = ("name", "version", "title", "summary", "languages", "precedence", "precedence_reasons")
KNOWN = {
    "pack.toml", "rubric.toml", "schemes.toml", "gates.toml", "routing.toml", "actions.toml", "support.toml",
    "clauses", "text", "rules", "terms", "examples", "README.md",
}  # fmt: skip


def load(pack: str | Path) -> Pack:
    """Return a pack by the name of one that comes with Assize, or by its folder.

    Raises PackNotFound, and PackBroken with every problem in `places`.
    """
    found, problems = read(pack)
    if found is None or problems:
        first = problems[0] if problems else "nothing could be read"
        places = [{"pointer": str(one.place), "detail": one.message} for one in problems]
        raise PackBroken(pack=str(pack), count=len(problems), first=str(first), places=places)
    return found


def read(pack: str | Path) -> tuple[Pack | None, list[Problem]]:
    """Return a pack as far as it can be read, and what is wrong with its files. Raises PackNotFound."""
    return _read(Reader(_root(pack)))


def read_written(texts: Mapping[str, str]) -> tuple[Pack | None, list[Problem]]:
    """Return a pack of texts by the names of files, as far as it can be read, and what is wrong with them."""
    return _read(Reader(WrittenFiles(texts)))


def _read(reader: Reader) -> tuple[Pack | None, list[Problem]]:
    strangers = sorted(one.name for one in reader.root.iterdir() if one.name not in KNOWN)
    for name in strangers:
        if not name.startswith("."):
            reader.wrong(name, (), f"no part of a pack; known are {', '.join(sorted(KNOWN))}")
    parts = _parts(reader)
    built = None
    # What misses only some of its things would be checked against gaps: the files come first, then how they fit.
    if not reader.problems:
        built = reader.build(_shape(Pack), parts, file="pack.toml", at=())
    return built, reader.problems


def _root(pack: str | Path) -> Traversable:
    text = str(pack)
    inside = files("assize").joinpath("packs")
    if _NAME.fullmatch(text) and inside.joinpath(text).joinpath("pack.toml").is_file():
        return inside.joinpath(text)
    if (Path(text) / "pack.toml").is_file():
        return Path(text)
    raise PackNotFound(pack=text)


@cache
def _shape(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _parts(reader: Reader) -> dict[str, Any]:
    head = reader.toml("pack.toml", _HEAD)
    reader.remember("precedence", "pack.toml", ("precedence",))
    actions, ladder = _actions(reader)
    defaults = _defaults(reader, actions)
    text = {
        name.removeprefix("text/").removesuffix(".md"): reader.text(name) or "" for name in reader.names("text", ".md")
    }
    routing = reader.toml("routing.toml", ("queue", "route"))
    gates = reader.toml("gates.toml", ("gate", "mode"))
    reader.remember("modes", "gates.toml", ("mode", 0))
    routes = _listed(reader, "routing.toml", routing, "route", Route)
    for number in range(len(routes)):
        reader.remember(f"route:{number}", "routing.toml", ("route", number))
    terms, patterns = _terms(reader)
    return {
        "precedence_reasons": (),
        "languages": (),
        **head,
        "clauses": _clauses(reader, text, defaults),
        "gates": _listed(reader, "gates.toml", gates, "gate", Gate, known_as="id"),
        "modes": _listed(reader, "gates.toml", gates, "mode", ModeRule),
        "queues": _listed(reader, "routing.toml", routing, "queue", QueueSpec, known_as="name"),
        "routing": routes,
        "actions": actions,
        "ladder": ladder,
        "rules": _folder(reader, "rules", "rule", RuleText),
        "terms": terms,
        "patterns": patterns,
        "support": _support(reader),
        "examples": _folder(reader, "examples", "example", Example),
        "text": {name: one for name, one in text.items() if not _SECTION.search(one)},
        "places": reader.places,
    }


def _actions(reader: Reader) -> tuple[list[ActionSpec], Ladder | None]:
    found = reader.toml("actions.toml", ("action", "ladder"))
    reader.remember("ladder", "actions.toml", ("ladder",))
    ladder = reader.build(_shape(Ladder), found.get("ladder", {}), file="actions.toml", at=("ladder",))
    return _listed(reader, "actions.toml", found, "action", ActionSpec, known_as="id"), ladder


def _defaults(reader: Reader, actions: list[ActionSpec]) -> Defaults:
    rubric = reader.toml("rubric.toml", ("question", "exception", "reason_code"))
    schemes = reader.toml("schemes.toml", ("scheme",))
    return Defaults(
        questions=reader.named("rubric.toml", rubric, "question"),
        exceptions=reader.named("rubric.toml", rubric, "exception"),
        schemes=reader.named("schemes.toml", schemes, "scheme"),
        reason_codes=tuple(one for _, one in reader.tables("rubric.toml", rubric, "reason_code")),
        support_actions=frozenset(one.id for one in actions if one.support),
    )


def _clauses(reader: Reader, text: dict[str, str], defaults: Defaults) -> list[Clause]:
    sections = {
        clause_id: (title, scope, f"text/{name}.md")
        for name, one in text.items()
        for clause_id, title, scope in _cut(one)
    }
    found: list[Clause] = []
    for file in reader.names("clauses", ".toml"):
        tables = reader.toml(file, ("category", "clause"))
        category = tables.get("category", "")
        for number, raw in reader.tables(file, tables, "clause"):
            at = ("clause", number)
            clause_id = str(raw.get("id", ""))
            reader.remember(f"clause:{clause_id}", file, at)
            full, wrong = expanded(raw, defaults)
            for inner, message in wrong:
                reader.wrong(file, (*at, *inner), message)
            title, scope, where = sections.pop(clause_id, ("", "", ""))
            if not where:
                reader.wrong(file, at, f"no text: a section '## {clause_id} …' in a file of text/ says its scope")
            elif title != raw.get("title"):
                reader.wrong(where, (), f"the section of {clause_id} has another title than the clause")
            full = {"category": category, "scope": scope, **full}
            if (clause := reader.build(_shape(Clause), full, file=file, at=at)) is not None:
                found.append(clause)
    for clause_id, (_, _, where) in sections.items():
        reader.wrong(where, (), f"there is no clause {clause_id} for this section")
    return found


def _cut(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield clause id, title and scope of each section of a Markdown file."""
    heads = list(_SECTION.finditer(text))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        yield head.group(1), head.group(2).strip(), text[head.end() : end].strip()


def _terms(reader: Reader) -> tuple[dict[str, Any], dict[str, Any]]:
    terms: dict[str, Any] = {}
    patterns: dict[str, Any] = {}
    for file in reader.names("terms", ".toml"):
        found = reader.toml(file, ("terms", "patterns"))
        for kind, kept in (("terms", terms), ("patterns", patterns)):
            for name, value in reader.named(file, found, kind).items():
                if name in kept:
                    reader.wrong(file, (kind, name), "another file has a list of this name")
                kept[name] = value
                reader.remember(f"{kind if kind == 'terms' else 'pattern'}:{name}", file, (kind, name))
    return terms, patterns


def _support(reader: Reader) -> dict[str, list[SupportResource]]:
    found = reader.toml("support.toml", ("resource",))
    by_locale: dict[str, list[SupportResource]] = {}
    for number, raw in reader.tables("support.toml", found, "resource"):
        locale = str(raw.pop("locale", ""))
        if not locale:
            reader.wrong("support.toml", ("resource", number, "locale"), "is missing")
        reader.remember(f"support:{locale}", "support.toml", ("resource", number))
        built = reader.build(_shape(SupportResource), raw, file="support.toml", at=("resource", number))
        if built is not None:
            by_locale.setdefault(locale, []).append(built)
    return by_locale


def _folder(reader: Reader, folder: str, name: str, kind: type) -> list[Any]:
    found: list[Any] = []
    for file in reader.names(folder, ".toml"):
        found += _listed(reader, file, reader.toml(file, (name,)), name, kind, known_as="id")
    return found


def _listed(
    reader: Reader, file: str, found: dict[str, Any], name: str, kind: type, *, known_as: str | None = None
) -> list[Any]:
    built: list[Any] = []
    for number, raw in reader.tables(file, found, name):
        if known_as is not None:
            reader.remember(f"{name}:{raw.get(known_as, '')}", file, (name, number))
        one = reader.build(_shape(kind), raw, file=file, at=(name, number))
        if one is not None:
            built.append(one)
    return built
