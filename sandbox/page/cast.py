"""Whom a visitor can play: customers who are there, and one more to invent."""

from sandbox.posts import HANDLE, User
from sandbox.world import World

#: To play before anyone has posted.
FIRST_CUSTOMERS = ("mara_k", "jon_weber", "sofia_r")
#: To invent with one click, in this order.
_NEWCOMERS = (
    "odile_marchetti",
    "tomasz_wrona",
    "ines_carvalho",
    "bram_visser",
    "leila_haddad",
    "yuki_tanabe",
    "freya_lund",
    "pavel_orlik",
    "amara_osei",
    "nils_ekberg",
    "rosa_iglesias",
    "dario_conti",
)
_LATEST = 3  #: Customers who came last.


def player(world: World, handle: str) -> User:
    """Whom the visitor plays, opening the account if it is new; the first customer when *handle* is none."""
    given = handle.strip().removeprefix("@")
    return world.accounts.open(given if HANDLE.fullmatch(given) else FIRST_CUSTOMERS[0])


def cast(world: World, me: User) -> list[User]:
    """Who else can be played: a few customers, who came last, and the brand's own people at the end."""
    for handle in FIRST_CUSTOMERS:
        world.accounts.open(handle)
    customers = [user for user in world.accounts.all() if user.id != world.brand.id]
    first = len(FIRST_CUSTOMERS)
    chosen = [*customers[:first], *customers[first:][-_LATEST:], world.brand]
    return [user for user in chosen if user.id != me.id]


def newcomer(world: World) -> str | None:
    """Return a handle that nobody has yet, or None when all invented ones are taken."""
    return next((handle for handle in _NEWCOMERS if not world.accounts.named(handle)), None)
