"""The part of the control API that makes trouble, and shows what came of it."""

from dataclasses import asdict

from aiohttp import web

from sandbox.deliveries import Delivery
from sandbox.fault_orders import read_fault, read_seed
from sandbox.orders import read_object
from sandbox.payloads import timestamp
from sandbox.state import SANDBOX


async def arm(request: web.Request) -> web.Response:
    """Arm a fault."""
    fault = read_fault(await read_object(request))
    request.app[SANDBOX].faults.add(fault)
    return web.json_response(asdict(fault), status=201)


async def armed(request: web.Request) -> web.Response:
    """List the faults that are still to happen."""
    return web.json_response({"faults": [asdict(fault) for fault in request.app[SANDBOX].faults]})


async def clear(request: web.Request) -> web.Response:
    """Disarm every fault, and let held answers and events go."""
    request.app[SANDBOX].faults.clear()
    await request.app[SANDBOX].release()
    return web.json_response({"faults": []})


async def seed(request: web.Request) -> web.Response:
    """Begin the chances of faults anew, the same for the same seed."""
    number = read_seed(await read_object(request))
    request.app[SANDBOX].faults.seed(number)
    return web.json_response({"seed": number})


async def revoke(request: web.Request) -> web.Response:
    """Let every call get 401."""
    request.app[SANDBOX].credentials.revoked = True
    return web.json_response({"revoked": True})


async def restore(request: web.Request) -> web.Response:
    """Accept the tokens again."""
    request.app[SANDBOX].credentials.revoked = False
    return web.json_response({"revoked": False})


async def disconnect(request: web.Request) -> web.Response:
    """End every open stream, as X does for operational reasons."""
    request.app[SANDBOX].notices.disconnect()
    return web.json_response({"disconnected": True})


async def traffic(request: web.Request) -> web.Response:
    """Count the requests of each endpoint, and those beyond a limit."""
    limits = request.app[SANDBOX].limits
    endpoints = {
        name.value: {"requests": count, "refused": limits.refused[name]} for name, count in limits.requests.items()
    }
    total = {"requests": limits.requests.total(), "refused": limits.refused.total()}
    return web.json_response(total | {"endpoints": endpoints})


async def deliveries(request: web.Request) -> web.Response:
    """List every attempt to deliver an event, oldest first."""
    log = request.app[SANDBOX].notices.courier.log
    return web.json_response({"deliveries": [_delivery_json(delivery) for delivery in log]})


def _delivery_json(delivery: Delivery) -> dict[str, object]:
    return asdict(delivery) | {"at": timestamp(delivery.at)}
