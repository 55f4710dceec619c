"""Who may be given an audit now, and how knowing a case is told."""

from collections.abc import Mapping
from datetime import timedelta

LEASE = timedelta(hours=2)  # a hard case with its policy, and a break
KNEW: Mapping[str, str] = {
    "opened": "The auditor had opened this case before.",
    "story": "The auditor had read the story of this case, or written to it.",
    "audited": "The auditor had audited this case before.",
}
