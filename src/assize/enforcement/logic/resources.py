"""Which help fits whom."""

from collections.abc import Collection, Mapping, Sequence

from assize.policy.models import SupportResource

FALLBACK = "default"


def resources_for(
    by_locale: Mapping[str, Sequence[SupportResource]], *, locale: str, minor: bool, clauses: Collection[str] = ()
) -> tuple[str, tuple[SupportResource, ...]]:
    """Return the locale that was found and its resources: for a minor those for minors first, otherwise without them.

    Looked for as `de-AT`, then the region (`AT`), the language (`de`), then `default`. Somebody in distress is never
    told nothing: where the clause's own resources or a locale are missing, the wider choice is offered.
    """
    names = {name.lower(): name for name in by_locale}
    for wanted in _names(locale):
        found = _fitting(by_locale.get(names.get(wanted, ""), ()), minor=minor, clauses=clauses)
        if found:
            return names[wanted], found
    everything = [resource for name in sorted(by_locale) for resource in by_locale[name]]
    return FALLBACK, _fitting(everything, minor=minor, clauses=())


def _names(locale: str) -> list[str]:
    whole = locale.replace("_", "-").lower()
    language, _, region = whole.partition("-")
    return [name for name in (whole, region, language, FALLBACK) if name]


def _fitting(
    resources: Sequence[SupportResource], *, minor: bool, clauses: Collection[str]
) -> tuple[SupportResource, ...]:
    families = {clause.partition("-")[0] for clause in clauses} | set(clauses)
    own = [one for one in resources if not one.clauses or families & set(one.clauses)] or list(resources)
    for_all = tuple(one for one in own if not one.for_minors)
    for_minors = tuple(one for one in own if one.for_minors)
    return for_minors + for_all if minor else for_all
