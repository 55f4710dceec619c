"""Every way to call a server: its routes, with everything they ask for filled in from a world."""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, get_args

import httpx2
from fastapi import FastAPI, params
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import BaseRoute, Mount, Route

from assize.app.server import create
from assize.kernel import clock
from assize.platform.settings import Settings
from builders.world import World

# What words a field of this name takes where its schema alone doesn't say.
WORDS: Mapping[str, str] = {
    "action_id": "warn",
    "bank": "a-bank",
    "body": "A few words of a test.",
    "email": "new.one@example.org",
    "family": "CSE",
    "expression": "'frd-1.strong' in terms",
    "external_id": "ref-of-a-test",
    "file": "pack.toml",
    "into": "md5:a-bank",
    "id": "a-rule-of-tests",
    "level": "account",
    "password": "a password of the tests",
    "lever": "audit-floor",
    "named": "suspend-account",
    "purpose": "a test of rights",
    "queue": "general",
    "ref": "ref-of-nobody",
    "target_level": "account",
    "text": "principle",
    "topics": "queues,operations",
    "token": "a-token-that-was-never-sent-to-anybody",
    "webhook_secret": "whsec_" + "c2VjcmV0" * 4,
}
OWN_BODIES: Mapping[str, Any] = {
    "/v1/events": {
        "events": [{"external_id": "x", "occurred_at": "2026-01-01T00:00:00Z", "subject": {"account": "x"}}]
    },
    "/v1/reports": {"external_id": "x", "reporter": {"kind": "user", "ref": "x"}, "reason": "scam"},
}
# What a browser asks for that is no page: streams, files, answers to scripts, redirects to what was typed.
NO_PAGES = frozenset({"/healthz", "/readyz", "/metrics", "/live", "/palette", "/audit/story", "/pages/{page_id}"})
# Names under which an id of something of a case travels, and the table it is of.
ALIASES = {
    "about_event_id": "event_id",
    "conversation_id": "subject_id",
    "target_id": "subject_id",
    "owner": "reviewer_id",
    "to": "reviewer_id",
    "seen": "dossier_id",
    "parent_id": "subject_id",
    "case": "case_id",
    "other_version_id": "version_id",
    "other": "case_id",
    "account": "subject_id",
    "item_id": "enforcement_id",
}
MOST_IDS = 2  # of a kind, for one parameter: the first and the last


class Unfilled(Exception):
    """Nothing in the world can stand for this: teach `builders.world` or `builders.asking` the name."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one route."""

    method: str
    path: str
    route: BaseRoute

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def reads(self) -> bool:
        return self.method in {"GET", "HEAD"}

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, and every id in it: an answer that repeats what was asked gives nothing away."""

    endpoint: Endpoint
    url: str
    query: Mapping[str, Any]
    body: Any
    as_form: bool
    asked: frozenset[str]

    def send(self, client: httpx2.Client) -> httpx2.Response:
        """Make the request."""
        if self.as_form:
            return client.request(self.endpoint.method, self.url, params=self.query, data=self.body)
        if self.body is None:
            return client.request(self.endpoint.method, self.url, params=self.query)
        return client.request(self.endpoint.method, self.url, params=self.query, json=self.body)

    def about(self, one: str, other: str) -> "Call":
        """Return the same request about something else."""
        query, body = (_exchanged(each, one, other) for each in (self.query, self.body))
        return replace(self, url=self.url.replace(one, other), query=query, body=body)


def _exchanged(value: Any, one: str, other: str) -> Any:
    match value:
        case Mapping():
            return {name: _exchanged(each, one, other) for name, each in value.items()}
        case list() | tuple():
            return [_exchanged(each, one, other) for each in value]
        case _:
            return other if value == one else value


def endpoints(app: FastAPI) -> list[Endpoint]:
    """Return every method of every route, also of routers inside routers; static files apart."""
    return [
        Endpoint(method=method, path=route.path, route=route)
        for route in _routes(app.routes)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def pages() -> list[Endpoint]:
    """Return what a browser shows to somebody: every route that answers a GET with a page of its own."""
    offered = endpoints(create(Settings(home=Path("/nowhere")), "dbname=nowhere"))
    return [
        one
        for one in offered
        if one.reads
        and not one.path.endswith((".svg", ".csv", ".md", ".pdf"))
        and not one.path.startswith("/v1/")
        and one.path not in NO_PAGES
    ]


def addresses(world: World, endpoint: Endpoint) -> list[str]:
    """Return the addresses of a page in this world: with what it needs, about each thing that can stand in it."""
    found = {call.url: call for call in calls(world, endpoint, "plain") if not call.query}
    return [world.living.url + url for url in found]


def calls(world: World, endpoint: Endpoint, kind: str) -> Iterator[Call]:
    """Return calls of an endpoint about one kind of thing: minimal ones, and one for each id that may be named."""
    filled = [_ids(world, name, kind) for name in endpoint.parameters]
    for values in product(*filled):
        url = endpoint.path
        for name, value in zip(endpoint.parameters, values, strict=True):
            url = url.replace("{" + name + "}", value)
        for query, (body, as_form) in _variants(world, endpoint, kind):
            yield Call(
                endpoint=endpoint,
                url=url,
                query=query,
                body=body,
                as_form=as_form,
                asked=frozenset({*values, *_leaves(query), *_leaves(body)}),
            )


def fields_of(endpoint: Endpoint) -> dict[str, int]:
    """Return the fields of a form by name, with the most characters each takes, 0 where the schema doesn't say."""
    asked = [one for one in _asked(endpoint, "body_params") if isinstance(one.field_info, params.Form)]
    return {one.alias: _longest(one.field_info) for one in asked}


def calls_of_all(world: World, endpoint: Endpoint, kinds: Iterable[str]) -> list[tuple[str, Call]]:
    """Return the calls about several kinds, each once: many routes ask for nothing of any kind."""
    found = {
        repr((call.url, call.query, call.body)): (kind, call) for kind in kinds for call in calls(world, endpoint, kind)
    }
    return list(found.values())


def names_a_case(world: World, call: Call, kind: str) -> bool:
    """Whether a call is about something of this kind, by what it names."""
    return bool(call.asked & world.items[kind].names)


def _routes(found: Iterable[BaseRoute]) -> Iterator[Any]:
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _routes(inner.routes)
        elif isinstance(route, Route):
            yield route
        elif not isinstance(route, Mount):
            raise Unfilled(f"a route of an unknown make: {route!r}")


def _ids(world: World, name: str, kind: str) -> list[str]:
    found = world.ids(ALIASES.get(name, name), kind)
    if not found:
        raise Unfilled(f"{name} of {kind}")
    return (
        list(dict.fromkeys([found[0], *found[1:-1][:1], found[-1]]))
        if name == "of"
        else list(dict.fromkeys([found[0], found[-1]]))[:MOST_IDS]
    )


def _variants(world: World, endpoint: Endpoint, kind: str) -> Iterator[tuple[dict[str, Any], tuple[Any, bool]]]:
    needed: dict[str, Any] = {}
    optional: list[dict[str, Any]] = []
    for one in _asked(endpoint, "query_params"):
        name, schema = one.alias, _schema(one)
        if one.field_info.is_required():
            needed[name] = _value(world, name, schema, schema, kind)
        elif _is_of_a_case(world, name, kind):
            optional += [{name: value} for value in _ids(world, name, kind)]
    bodies = list(_bodies(world, endpoint, kind))
    for extra in ({}, *optional):
        yield {**needed, **extra}, bodies[0]
    for body in bodies[1:]:
        yield needed, body


def _bodies(world: World, endpoint: Endpoint, kind: str) -> Iterator[tuple[Any, bool]]:
    if endpoint.path in OWN_BODIES and not endpoint.reads:
        yield OWN_BODIES[endpoint.path], False
        return
    fields = _asked(endpoint, "body_params")
    if not fields:
        yield None, False
        return
    if isinstance(fields[0].field_info, params.Form):
        needed = [one for one in fields if one.field_info.is_required()]
        yield {one.alias: _value(world, one.alias, _schema(one), _schema(one), kind) for one in needed}, True
        return
    schema = _schema(fields[0])
    base = _value(world, fields[0].alias, schema, schema, kind)
    yield base, False
    for name in _properties(schema):
        if isinstance(base, dict) and name not in base and _is_of_a_case(world, name, kind):
            for value in _ids(world, name, kind):
                yield {**base, name: value}, False


def _asked(endpoint: Endpoint, what: str) -> list[Any]:
    return list(getattr(endpoint.route.dependant, what)) if isinstance(endpoint.route, APIRoute) else []


def _is_of_a_case(world: World, name: str, kind: str) -> bool:
    if not name.endswith("_id"):
        return False
    known = ALIASES.get(name, name)
    return world.belongs_to_a_case(known) and bool(world.ids(known, kind))


def _schema(one: Any) -> dict[str, Any]:
    annotation = one.field_info.annotation
    if isinstance(annotation, types.UnionType) and type(None) in get_args(annotation):
        annotation = next(each for each in get_args(annotation) if each is not type(None))
    return {**TypeAdapter(annotation).json_schema(), **_pattern(one.field_info)}


def _pattern(info: Any) -> dict[str, Any]:
    found = next((one.pattern for one in info.metadata if getattr(one, "pattern", None)), None)
    lowest = next((one.ge for one in info.metadata if getattr(one, "ge", None) is not None), None)
    return {**({"pattern": found} if found else {}), **({} if lowest is None else {"minimum": lowest})}


def _longest(info: Any) -> int:
    return next((one.max_length for one in info.metadata if getattr(one, "max_length", None) is not None), 0)


def _properties(schema: Mapping[str, Any]) -> Iterable[str]:
    return schema.get("properties", {})


def _value(world: World, name: str, schema: Mapping[str, Any], root: Mapping[str, Any], kind: str) -> Any:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            schema = next(one for one in schema[several] if one.get("type") != "null")
            return _value(world, name, schema, root, kind)
    if "enum" in schema:
        return schema["enum"][0]
    return _plain(world, name, schema, root, kind)


def _plain(world: World, name: str, schema: Mapping[str, Any], root: Mapping[str, Any], kind: str) -> Any:
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {each: _value(world, each, schema["properties"][each], root, kind) for each in needed}
        case "array":
            item = name.removesuffix("s")
            return [_value(world, item, schema["items"], root, kind)] if schema.get("minItems") else []
        case "integer":
            return schema.get("minimum", 1)
        case "number":
            return 0.25
        case "boolean":
            return False
        case "string":
            return _text(world, name, schema, kind)
        case _:
            return {}


def _text(world: World, name: str, schema: Mapping[str, Any], kind: str) -> str:
    if schema.get("format") == "date-time":
        return (clock.now() + timedelta(hours=1)).isoformat()
    choice = re.fullmatch(r"\^\((\w+)(\|\w+)*\)\$", schema.get("pattern", ""))
    if choice is not None:
        return choice[1]
    if name in WORDS:
        return WORDS[name]
    if name.endswith("_id") or name in ALIASES or name == "of":
        return _ids(world, name, kind)[0]
    if name in {"before", "after"}:
        return world.shared["version_id"]
    return "something of a test"


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            for one in value.values():
                yield from _leaves(one)
        case list() | tuple():
            for one in value:
                yield from _leaves(one)
        case str():
            yield value
