"""Reads faults, from the control API and from scenarios."""

from typing import Any

from sandbox.events import EventType
from sandbox.faults import Fault, FaultKind
from sandbox.orders import check, refuse_unknown

_ERRORS = range(400, 600)
_FIELDS: dict[str, tuple[type, str]] = {
    "kind": (str, "a kind"),
    "method": (str, "an HTTP method"),
    "path": (str, "the beginning of a path"),
    "event": (str, "a type of event"),
    "times": (int, "a whole number"),
    "chance": (float, "a number"),
    "seconds": (float, "a number of seconds"),
    "status": (int, "an HTTP status"),
    "html": (bool, "true or false"),
    "headers": (bool, "true or false"),
}


def read_fault(body: dict[str, Any]) -> Fault:
    """Read the fault that *body* describes; raises `BadOrder`."""
    refuse_unknown(body, tuple(_FIELDS), "A fault")
    kinds = [kind.value for kind in FaultKind]
    check(body.get("kind") in kinds, f"kind must be one of {', '.join(kinds)}.")
    given = body | ({"times": 0} if body.get("times", 1) is None else {})
    for name, value in given.items():
        _check_type(name, value)
    fault = Fault(**given | {"kind": FaultKind(given["kind"]), "method": given.get("method", "*").upper()})
    _check_values(fault)
    return fault


def read_seed(body: dict[str, Any]) -> int:
    """Read the seed of chance; raises `BadOrder`."""
    refuse_unknown(body, ("seed",), "The order")
    seed = body.get("seed")
    check(isinstance(seed, int) and not isinstance(seed, bool), "seed must be a whole number.")
    return int(body["seed"])


def _check_values(fault: Fault) -> None:
    events = ["*", *(kind.value for kind in EventType)]
    check(fault.times >= 0, "times must be 1 or more, or 0 for ever.")
    check(0 < fault.chance <= 1, "chance must be above 0 and at most 1.")
    check(fault.seconds >= 0, "seconds must be 0 or more.")
    check(fault.status in _ERRORS, "status must be an error, 400 to 599.")
    check(fault.event in events, f"event must be one of {', '.join(events)}.")


def _check_type(name: str, value: object) -> None:
    wanted, words = _FIELDS[name]
    fits = isinstance(value, (int, float)) if wanted is float else isinstance(value, wanted)
    check(fits and isinstance(value, bool) == (wanted is bool), f"{name} must be {words}.")
