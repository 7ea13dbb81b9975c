"""The weather: faults that one click arms for the brand's calls of the API, and how many calls there were."""

from dataclasses import dataclass, replace

from sandbox.faults import Fault, FaultKind
from sandbox.page.visiting import Fields
from sandbox.refusals import NotPossible
from sandbox.state import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A fault that stands ready on the page."""

    name: str  #: Also the name of its icon.
    label: str
    short: str
    note: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """What is armed, and what came through."""

    fronts: tuple[tuple[Front, int], ...]  #: Each with how many times it is still to happen.
    others: tuple[str, ...]  #: Faults armed in another place, in words.
    calls: int  #: Of the API since the start.
    refused: int  #: Those of them that were over a limit.
    endpoints: tuple[tuple[str, int], ...]  #: The calls of each endpoint, the most called first.

    @property
    def clear(self) -> bool:
        """Whether nothing is armed."""
        return not self.others and not any(left for _, left in self.fronts)


_FRONTS = (
    Front(
        name="rate-limit",
        label="Rate limit",
        short="3 × 429",
        note="The next 3 calls of the API get status 429",
        fault=Fault(kind=FaultKind.RATE_LIMIT, times=3),
    ),
    Front(
        name="credits",
        label="Out of credits",
        short="3 × 402",
        note="The next 3 calls of the API get status 402",
        fault=Fault(kind=FaultKind.CREDITS, times=3),
    ),
    Front(
        name="outage",
        label="HTML 503",
        short="3 × a web page",
        note="The next 3 calls of the API get status 503, as a web page instead of JSON",
        fault=Fault(kind=FaultKind.STATUS, status=503, html=True, times=3),
    ),
    Front(
        name="lost",
        label="Lost response",
        short="the next reply",
        note="The brand's next post is published, but the answer to that call is lost",
        fault=Fault(kind=FaultKind.LOST, method="POST", path="/2/tweets"),
    ),
)
_BY_NAME = {front.name: front for front in _FRONTS}


def sky(sandbox: Sandbox) -> Sky:
    """Look at what is armed, and at the traffic."""
    armed = [(_once(fault), fault) for fault in sandbox.faults]
    limits = sandbox.limits
    ready = {_once(front.fault) for front in _FRONTS}
    return Sky(
        fronts=tuple(
            (front, sum(fault.times for one, fault in armed if one == _once(front.fault))) for front in _FRONTS
        ),
        others=tuple(_words(fault) for one, fault in armed if one not in ready),
        calls=limits.requests.total(),
        refused=limits.refused.total(),
        endpoints=tuple((endpoint.value, count) for endpoint, count in limits.requests.most_common()),
    )


async def arm(sandbox: Sandbox, fields: Fields) -> str:
    """Arm one of the faults that stand ready; each click arms it again."""
    front = _BY_NAME.get(fields.get("front", ""))
    if front is None:
        raise NotPossible(f"There is no such weather; choose one of {', '.join(_BY_NAME)}.")
    sandbox.faults.add(front.fault)
    return "weather"


async def clear(sandbox: Sandbox, _: Fields) -> str:
    """Disarm every fault and let held answers go."""
    sandbox.faults.clear()
    await sandbox.release()
    return "weather"


def _once(fault: Fault) -> Fault:
    return replace(fault, times=1)


def _words(fault: Fault) -> str:
    where = fault.event if fault.kind.of_events else f"{fault.method} {fault.path}"
    often = f"{fault.times} times" if fault.times > 1 else "once" if fault.times else "for ever"
    return f"{fault.kind.value.replace('_', ' ')} · {where} · {often}"
