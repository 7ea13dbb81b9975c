"""`heed x check`: whether everything that X needs is in place, and what to do where it is not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot import service
from bot.cli.output import emit, out
from bot.cli.x import be_quiet, connected
from bot.errors import ChannelError, SettingsError
from responders.x.client import utc_now
from responders.x.oauth2 import SCOPES
from responders.x.snowflakes import snowflake_at
from responders.x.subscribing import PATH, wanted_events
from responders.x.tokens import TokenVault

if TYPE_CHECKING:
    from bot.settings import Settings, XSettings
    from responders.x.client import XClient
    from responders.x.payloads import User

PROBLEM = 2
"""Exit code where something is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    says: str  #: How it is.
    remedy: str = ""  #: What to do; where it is fine, what would be better.


async def check(settings: Settings, *, as_json: bool) -> int:
    """Ask X who we are and whether all is in place; exit code 2 where it is not. Raises SettingsError, StorageDown."""
    be_quiet(settings)
    scopes = await _scopes(settings)
    async with connected(settings) as client:
        findings = await findings_of(client, settings.x, scopes)
    if as_json:
        emit({"ok": all(found.ok for found in findings), "checks": [asdict(found) for found in findings]})
    else:
        _show(findings)
    return 0 if all(found.ok for found in findings) else PROBLEM


async def findings_of(client: XClient, settings: XSettings, scopes: tuple[str, ...] | None) -> list[Finding]:
    """Look at one thing after the other; *scopes* are those of the OAuth 2.0 log-in, None with OAuth 1.0a.

    No posts are asked for, because X charges them.
    """
    try:
        user = await client.profile()
    except ChannelError as error:
        return [_trouble("account", error)]
    return [
        Finding(name="account", ok=True, says=f"We are @{user.username}, id {user.id}."),
        _permissions(settings, client.access, scopes),
        *_appearance(user),
        await _allowance(client, user),
        *await _deliveries(client, settings, user),
    ]


async def _scopes(settings: Settings) -> tuple[str, ...] | None:
    if settings.x.auth == "oauth1":
        return None
    async with service.open_database(settings) as database:
        return (await TokenVault(database, settings.x).load()).scopes


def _permissions(settings: XSettings, access: str, scopes: tuple[str, ...] | None) -> Finding:
    if scopes is not None:
        missing = [
            scope for scope in SCOPES if scope not in scopes and (settings.messages or not scope.startswith("dm."))
        ]
        says, remedy = f"The log-in allows {', '.join(scopes) or 'nothing that X named'}.", "Run `heed x login`."
    else:
        rights = ("write", "directmessages") if settings.messages else ("write",)
        missing = [right for right in rights if access and right not in access]
        says = f"The tokens allow {access or 'what X did not say'}."
        remedy = "Change the app's permission in X's developer console, then make new tokens: they keep the old right."
    if missing:
        return Finding(name="permissions", ok=False, says=f"{says} Missing: {', '.join(missing)}.", remedy=remedy)
    return Finding(name="permissions", ok=True, says=says)


def _appearance(user: User) -> list[Finding]:
    """X wants automated accounts labelled and their operator named.

    https://docs.x.com/developer-guidelines
    """
    label, bio = user.affiliation.description, user.description.strip()
    automated = "automated" in label.lower()
    return [
        Finding(
            name="label",
            ok=True,
            says="The account is labelled as automated." if automated else "X shows no 'Automated' label.",
            remedy="" if automated else "Turn the label on in the account's settings on X.",
        ),
        Finding(
            name="bio",
            ok=True,
            says=f"The bio has {len(bio)} characters." if bio else "The bio is empty.",
            remedy="See that it names who operates the account." if bio else "Name there who operates the account.",
        ),
    ]


async def _allowance(client: XClient, user: User) -> Finding:
    try:
        await client.mentions(user.id, str(snowflake_at(utc_now())))
    except ChannelError as error:
        return _trouble("allowance", error)
    left = client.allowance("mentions")
    if left.remaining is None:
        return Finding(name="allowance", ok=True, says="X does not say how often it may be asked.")
    says = f"{left.remaining} more looks at the mentions in {left.seconds:.0f} seconds."
    return Finding(name="allowance", ok=True, says=says)


async def _deliveries(client: XClient, settings: XSettings, user: User) -> list[Finding]:
    if not settings.webhook:
        return [Finding(name="webhook", ok=True, says="Off; polling hears everything.")]
    remedy = f"Run `heed x webhook https://your.host{PATH}`."
    try:
        ours = [webhook for webhook in await client.webhooks() if webhook.url.endswith(PATH)]
        subscriptions = await client.subscriptions()
    except (ChannelError, SettingsError) as error:
        return [_trouble("webhook", error)]
    valid = {webhook.id for webhook in ours if webhook.valid}
    says = ", ".join(f"{webhook.url} is {'valid' if webhook.valid else 'not valid'}" for webhook in ours)
    present = {each.event_type for each in subscriptions if each.webhook_id in valid and each.filter.user_id == user.id}
    missing = [event for event in wanted_events(settings) if event not in present]
    return [
        Finding(
            name="webhook", ok=bool(valid), says=f"{says or 'None is registered'}.", remedy="" if valid else remedy
        ),
        Finding(
            name="subscriptions",
            ok=bool(present),
            says=f"X delivers {', '.join(sorted(present)) or 'nothing'}.",
            remedy=f"Not delivered: {', '.join(missing)}. {remedy}" if missing else "",
        ),
    ]


def _trouble(name: str, error: ChannelError | SettingsError) -> Finding:
    """The message of every error names the thing first and the remedy after."""
    says, _, remedy = str(error).partition(". ")
    return Finding(name=name, ok=False, says=f"{says.rstrip('.')}.", remedy=remedy)


def _show(findings: list[Finding]) -> None:
    for found in findings:
        out.print(
            f"{'ok     ' if found.ok else 'problem'}  {found.name:14} {found.says}", markup=False, highlight=False
        )
        if found.remedy:
            out.print(f"         {'':14} {found.remedy}", markup=False, highlight=False)
