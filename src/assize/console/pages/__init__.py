"""The pages where work is found and done."""

from fastapi import APIRouter

from assize.console.pages.account import router as account_pages
from assize.console.pages.audit import router as audit_pages
from assize.console.pages.banking import router as banking_pages
from assize.console.pages.batch import router as batch_pages
from assize.console.pages.beside import router as beside_pages
from assize.console.pages.case import router as case_pages
from assize.console.pages.export import router as export_pages
from assize.console.pages.handover import router as handover_pages
from assize.console.pages.live import router as live_pages
from assize.console.pages.mine import router as mine_pages
from assize.console.pages.naming import router as naming_pages
from assize.console.pages.now import router as now_pages
from assize.console.pages.operations import router as operations_pages
from assize.console.pages.palette import router as palette_pages
from assize.console.pages.presence import router as presence_pages
from assize.console.pages.queue import router as queue_pages
from assize.console.pages.remediation import router as remediation_pages
from assize.console.pages.search import router as search_pages
from assize.console.pages.settings import router as settings_pages
from assize.console.pages.steps import router as steps_pages
from assize.console.pages.surge import router as surge_pages
from assize.console.pages.task import router as task_pages

router = APIRouter(include_in_schema=False)
for page in (
    now_pages,
    queue_pages,
    handover_pages,
    presence_pages,
    live_pages,
    task_pages,
    steps_pages,
    batch_pages,
    audit_pages,
    case_pages,
    naming_pages,
    banking_pages,
    beside_pages,
    account_pages,
    operations_pages,
    remediation_pages,
    surge_pages,
    mine_pages,
    settings_pages,
    search_pages,
    export_pages,
    palette_pages,
):
    router.include_router(page)

__all__ = ["router"]
