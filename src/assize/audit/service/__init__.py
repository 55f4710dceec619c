"""The front door of audit: sequence, sign, change the key, verify, export, prove, erase, tell."""

from assize.audit.service.erasing import erase_bodies
from assize.audit.service.exporting import export
from assize.audit.service.offline import verify_export
from assize.audit.service.proving import latest_checkpoint, proof_json, prove, prove_growth, public_key, why_not
from assize.audit.service.rotating import rotate_key
from assize.audit.service.sequencing import sequence
from assize.audit.service.signing import checkpoint
from assize.audit.service.standing import ledger_state, note_verification
from assize.audit.service.telling import open_story, story
from assize.audit.service.verifying import verify

__all__ = [
    "checkpoint",
    "erase_bodies",
    "export",
    "latest_checkpoint",
    "ledger_state",
    "note_verification",
    "open_story",
    "proof_json",
    "prove",
    "prove_growth",
    "public_key",
    "rotate_key",
    "sequence",
    "story",
    "verify",
    "verify_export",
    "why_not",
]
