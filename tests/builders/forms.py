"""The forms of a page as a browser sees them: where each is sent, and what it sends as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSENT = frozenset({"button", "submit", "reset", "image", "file"})


@dataclass(kw_only=True)
class Form:
    """One form. fields: what it sends as it stands. offered: every name it may send."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Page:
    """What a page is made of. owned: elements and attributes that only what somebody wrote can have put there."""

    forms: list[Form] = field(default_factory=list)
    headings: int = 0
    owned: list[str] = field(default_factory=list)
    text: str = ""


def read(html: str, *, address: str = "") -> Page:
    """Read a page. address: where it was found, for forms that are sent to where they are."""
    reader = _Reader(address)
    reader.feed(html)
    reader.close()
    reader.page.text = "".join(reader.said)
    return reader.page


class _Reader(HTMLParser):
    """Reads forms, and elements that no template writes."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.page = Page()
        self.said: list[str] = []
        self._open: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._area = self._select = ""
        self._chosen: str | None = None
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is."""
        given = {name: value or "" for name, value in attrs}
        self.page.owned += list(_owned(tag, given))
        self.page.headings += tag == "h1"
        self._quiet += tag in {"script", "style"}
        if tag == "form" and given.get("method", "get").lower() == "post":
            self._begin(given)
        elif tag in {"input", "textarea", "select", "button"}:
            self._field(tag, given)
        elif tag == "option" and self._select:
            value = given.get("value", "")
            self._chosen = value if self._chosen is None or "selected" in given else self._chosen

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends."""
        self._quiet -= tag in {"script", "style"}
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "textarea":
            self._area = ""
        elif tag == "select" and self._select:
            self._send(self._select, self._chosen or "")
            self._select, self._chosen = "", None

    def handle_data(self, data: str) -> None:
        """Note what is said."""
        if not self._quiet and not self._area:
            self.said.append(data)

    def _begin(self, given: dict[str, str]) -> None:
        made = Form(action=given.get("action") or self.address)
        self._open.append(made)
        self.page.forms.append(made)
        self._by_id[given.get("id", "")] = made

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else (self._open[-1] if self._open else None)
        name, kind = given.get("name", ""), given.get("type", "")
        if form is None:
            return
        if "formaction" in given:
            self.page.forms.append(Form(action=given["formaction"], fields=form.fields, offered=form.offered))
        if not name:
            return
        form.offered.add(name)
        self._area = name if tag == "textarea" else self._area
        self._select = name if tag == "select" else self._select
        ticked = kind in {"radio", "checkbox"}
        if tag == "input" and kind not in UNSENT and (not ticked or "checked" in given):
            form.fields.append((name, given.get("value", "on" if ticked else "")))

    def _send(self, name: str, value: str) -> None:
        if self._open:
            self._open[-1].fields.append((name, value))


def _owned(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag == "iframe" or "owned" in given.get("class", "").split():
        yield f"<{tag}>"
    yield from (f"<{tag} {name}>" for name in given if name.startswith("on"))
    for name in ("href", "src", "action", "formaction"):
        if given.get(name, "").strip().lower().startswith("javascript:"):
            yield f"<{tag} {name}={given[name][:30]}>"
