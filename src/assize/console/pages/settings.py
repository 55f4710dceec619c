"""The settings of this installation, as they are: set by its environment, not here."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from assize.platform.http import transaction
from assize.platform.pages import render
from assize.platform.settings import DESCRIBED, Settings
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
FIELDS = {
    "ASSIZE_DATABASE_OWNER_URL": "database_owner_url",
    "ASSIZE_DATABASE_URL": "database_url",
    "ASSIZE_GRACE_SECONDS": "grace_s",
    "ASSIZE_SEALING_KEY": "sealing_keys",
    "ASSIZE_WEBHOOK_URL": "destinations",
    "ASSIZE_WEBHOOK_SECRET": "destinations",
}
# Whoever reads a setting of these could act as us: that they are set is all that is told.
SECRET = ("_SECRET", "_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "SMTP_URL", "WEBHOOK_URL")


@router.get("/settings")
def settings_page(request: Request) -> Response:
    """Show what this installation is set to; of secrets only whether they are set."""
    with transaction(request) as tx:
        workforce.require(tx, Right.SETTINGS_MANAGE)
    settings: Settings = request.app.state.settings
    return render(
        request,
        "console/settings.html",
        settings=[
            {"name": name, "what": _plain(what), "otherwise": _plain(otherwise), "value": _value(name, settings)}
            for name, what, otherwise in DESCRIBED
        ],
    )


def _plain(text: str) -> str:
    """Return a description as it is read on a page: it is written with the marks of Markdown for the reference."""
    return text.replace("`", "")


def _value(name: str, settings: Settings) -> str:
    value = getattr(settings, FIELDS.get(name, name.removeprefix("ASSIZE_").lower()), None)
    if value is None or value == ():
        return "not set"
    if name.endswith(SECRET):
        return "set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{one} {'never' if days is None else days}" for one, days in value.items())
    return str(value)
