"""`assize policy` with the checks of every slice attached: rules compile, actions have plug-ins."""

from assize.app import flow
from assize.app.plugins import attach
from assize.policy.commands import policy

attach()  # importing the flow brings the slices' checks; plug-ins say which actions can be carried out

__all__ = ["flow", "policy"]
