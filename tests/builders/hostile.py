"""Strings as somebody spells them who wants to harm whoever reads them, and a world in which every field holds one.

What such a string does where it works can be read off a page: `window.ran` is set, the title is `owned`, there are
elements of the class `owned`, or a sum is worked out (`SUM`). None of it harms anybody.
"""

import unicodedata
from typing import Any

import httpx2

from assize.kernel import clock
from assize.workforce.models import SYSTEM
from builders.living import PASSWORD
from builders.world import Viewer, World, judgement, ok, tasks_of

SUM = str(191 * 7919)  # what a template makes of the braces, and nothing else does
CSV = "=HYPERLINK(1)"
LEVELS = ("organisation", "project", "api_key", "account", "end_user", "conversation")
# Most dangerous first: a short field takes as many of them as it has room for.
_PIECES = (
    " <b class=owned>",
    "\"'><img src=x onerror=window.ran=1 class=owned>",
    " \u202eesrever\u2066",
    "{{191*7919}}",
    "<script>window.ran=1;document.title='owned'</script>",
    "'; drop table review.task; --",
    "</textarea></title></details><svg onload=window.ran=1 class=owned>",
    "{% raw %}${191*7919}#{191*7919}<%=191*7919%>",
    "javascript:window.ran=1 ",
    "<style>*{display:none!important}</style><iframe class=owned src=javascript:parent.ran=1></iframe>",
    "<form class=owned action=//example.org><input name=csrf></form><!--",
    "\u200f\u061c\ufeff\u200b\x7f\x85",
    "Z" + "\u0301" * 60,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 40,
    "&lt;b&gt;&#60;b&#62;\\u003cb\\u003e%3Cb%3E\\",
)
_CONTROLS = " \x01\x1b[2J\x08\r\x0b"  # refused in names, taken in texts
_TEXT = 1_000  # a field that takes more than this is one of text


def hostile(text: str, most: int) -> str:
    """Spell a string with as much harm as its field takes, and fill the rest of the field with one long word."""
    made = text if text.startswith("ref-") else CSV + text  # the world finds its own by how their ids begin
    for piece in (*_PIECES, *((_CONTROLS,) if most > _TEXT else ())):
        if len(made) + len(piece) <= most:
            made += piece
    return (made + " " + "W" * most)[:most]


def hides(text: str) -> list[str]:
    """Return the characters of a text that a reader can't see, or that reorder what they see."""
    return sorted({f"{ord(one):04X}" for one in text if unicodedata.category(one) in {"Cc", "Cf"} and one not in _FINE})


_FINE = "\n\t\u200b\u200d\u00ad"  # scripts and emoji need them: places where a word breaks, a joiner


def fill(world: World) -> None:
    """Fill the fields that a world leaves empty, and open everything that opens content."""
    _add_people(world)
    _write_policy(world)
    _send(world, "more")
    world.living.work()
    _refuse(world, _case_of(world, "more"))
    item = world.items["plain"]
    for case_id in item.cases:
        _open(world, case_id)
    why = {"owner": world.second.reviewer_id, "reason": hostile("why", 500), "hours": 1}
    said(world.lead, f"/cases/{item.cases[-1]}/escalate", **why)
    for subject_id in item.ids["subject"]:
        said(world.lead, f"/accounts/{subject_id}/notes", body=hostile("note", 4_000))
    for defect_id in item.ids["safeguard_defect"]:
        said(world.second, f"/defects/{defect_id}/move", state="closed", outcome=hostile("fixed", 2_000))
    said(world.lead, "/handover/draft", body=hostile("draft", 20_000))
    said(world.lead, f"/audit/story/{item.cases[0]}/openings", purpose=hostile("look", 300))
    world.living.work()


def said(who: Viewer, url: str, **fields: Any) -> httpx2.Response:
    """Post a form that must be taken."""
    answer = who.client.post(url, data=fields)
    assert answer.status_code < 400, f"{url}: {answer.status_code} {answer.text[:800]}"
    return answer


def _add_people(world: World) -> None:
    name = hostile("Mallory", 120)
    said(world.lead, "/teams", name=hostile("A team", 120))
    said(world.lead, "/people", name=name, email="<b/class=owned>@example.org", role="analyst", password=PASSWORD)
    said(world.lead, "/keys", name=hostile("A key", 100), rights="events:write")


def _write_policy(world: World) -> None:
    for title in ("written", "dropped"):
        draft = said(world.lead, "/policy/drafts", title=hostile(title, 200)).headers["location"]
        said(world.lead, f"{draft}/edit", file="text/owned.md", text=hostile("# Owned", 20_000))
    said(world.lead, f"{draft}/drop", reason=hostile("dropped", 2_000))
    words = "".join(one for one in hostile("x", 900) if one not in "\\'" and one.isprintable())
    rule = {"id": "owned", "title": hostile("Owned", 200), "expression": f"'{words}' in terms"}
    ok(world.lead.client.post("/v1/rules", json={**rule, "clause_id": "FRD-1", "score": 0.5}))


def _send(world: World, part: str) -> None:
    long = hostile(f"said {part} sim-frd-1-strong", 390_000)
    event = {
        "external_id": f"ref-owned-{part}",
        "occurred_at": clock.now().isoformat(),
        "subject": {level: hostile(f"ref-owned-{level}-{part}", 256) for level in LEVELS},
        "turns": [
            {"role": "user", "text": long, "model_version": hostile("model", 200), "language": "en"},
            {"role": "tool", "text": long, "tool": hostile("tool", 200)},
        ],
        "model_version": hostile("model", 200),
        "attributes": {hostile("key", 200): hostile("value", 2_000), "list": [hostile("one", 2_000)]},
        "media": [{"pointer": hostile("javascript:", 2_000), "mime": hostile("image/", 100), "turn": 0}],
    }
    report = {
        "external_id": hostile(f"ref-owned-report-{part}", 256),
        "reporter": {"kind": "authority", "ref": hostile("ref-owned-reporter", 256)},
        "reason": "scam",
        "reference": hostile("reference", 200),
        "about": {"external_id": event["external_id"]},
        "text": hostile("report", 390_000),
    }
    ok(world.platform.post("/v1/events", json={"events": [event]}))
    ok(world.platform.post("/v1/reports", json=report))


def _case_of(world: World, part: str) -> str:
    with world.database.transaction(SYSTEM) as tx:
        case_id = tx.value(
            "select ce.case_id from triage.case_event ce join intake.event e on e.id = ce.event_id"
            " where e.external_id = %(ref)s",
            {"ref": f"ref-owned-{part}"},
        )
    world.items["plain"].cases.append(str(case_id))
    return str(case_id)


def _refuse(world: World, case_id: str) -> None:
    (task_id,) = tasks_of(world, case_id)
    said(world.lead, f"/tasks/{task_id}/claim")
    view = ok(world.lead.client.post(f"/v1/tasks/{task_id}/open", json={"purpose": hostile("review", 200)}))
    decision = judgement(world, world.items["plain"], view)
    ok(world.lead.client.post(f"/v1/tasks/{task_id}/decision", json=decision))
    world.living.work()
    (plan,) = ok(world.lead.client.get("/v1/enforcements", params={"case_id": case_id}))
    said(world.second, f"/enforcement/{plan['id']}/refuse", reason=hostile("refused", 500))


def _open(world: World, case_id: str) -> None:
    said(world.lead, f"/cases/{case_id}/open", purpose=hostile("open", 200))
    said(world.lead, f"/cases/{case_id}/notes", body=hostile("note", 4_000))
    for task_id in tasks_of(world, case_id):
        if world.lead.client.post(f"/v1/tasks/{task_id}/claim").is_success:  # what they decided, another looks at
            said(world.lead, f"/tasks/{task_id}/open", purpose=hostile("open", 200))
            said(world.lead, f"/tasks/{task_id}/notes", body=hostile("note", 4_000))
