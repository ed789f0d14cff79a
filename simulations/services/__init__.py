"""What can be done with simulations: ask for runs, cancel and restart them, predict, explain, discover."""

from simulations.services.learning import commit_prediction, explain_prediction, record_discovery
from simulations.services.runs import cancel_run, request_run, restart_run, sweep

__all__ = [
    "cancel_run",
    "commit_prediction",
    "explain_prediction",
    "record_discovery",
    "request_run",
    "restart_run",
    "sweep",
]
