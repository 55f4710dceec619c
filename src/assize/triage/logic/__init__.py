"""Every judgement of triage, pure: what rules may read, what hits amount to, where an event belongs, what comes first."""
