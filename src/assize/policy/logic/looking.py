"""Finding a clause by the words of the policy."""

from collections.abc import Iterable

from assize.policy.models import Clause


def matching(clauses: Iterable[Clause], words: str) -> list[Clause]:
    """Return the clauses in which every word stands, in whatever part; all of them where no word is given."""
    wanted = words.casefold().split()
    return [one for one in clauses if all(word in _said(one) for word in wanted)]


def _said(one: Clause) -> str:
    parts = [
        one.id,
        one.category,
        one.title,
        one.scope,
        *one.includes,
        *one.excludes,
        *(each.title for each in one.exceptions),
        *(each.standard for each in one.exceptions),
        *(each.text for each in one.questions),
        *(each.code for each in one.mappings),
        *(each.title for each in one.reason_codes),
    ]
    return "\n".join(parts).casefold()
