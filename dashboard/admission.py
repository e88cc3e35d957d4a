"""Mapping of a sign-in to a Harvest person, looked up anew for every request.

So a right, a person or a sign-in that is taken away is gone at the next click.
"""

from collections.abc import Callable
from datetime import datetime

from dashboard.access.identity import Identity
from dashboard.access.people import UserMapping
from dashboard.access.rights import Viewer
from dashboard.access.sign_ins import SignIns
from dashboard.errors import NoAccess
from dashboard.store.snapshots import Snapshot
from dashboard.store.viewers import viewer_by_email, viewer_of

_ADMINISTRATOR = "Ask an administrator of the dashboard."


Find = Callable[[int | str], Viewer]
"""The person with a Harvest id or an e-mail address; raises `NoAccess`. `person` of a snapshot."""


def find_person(snapshot: Snapshot, named: int | str) -> Viewer:
    """The active person with this id or this address. Raises `NoAccess` where there is none."""
    if isinstance(named, int):
        return viewer_of(snapshot, named)
    return viewer_by_email(snapshot, named)


def admit_person(
    signed_in: Identity, find: Find, people: UserMapping, sign_ins: SignIns, now: datetime
) -> Viewer:
    """The person of the account.

    Raises `SignInNeeded` for a sign-in that ended, `NoAccess` for one that is nobody's. A sign-in
    that was somebody's ends with that, so that it does not come back by itself.
    """
    sign_ins.require(signed_in, now)
    try:
        viewer = _find_viewer(signed_in, find, people, sign_ins, now)
    except NoAccess as error:
        if sign_ins.is_open(signed_in):
            sign_ins.end_session(signed_in, str(error), now)
        raise
    assert viewer.user_id is not None
    sign_ins.add_session(signed_in, viewer.user_id, now)
    return viewer


def _find_viewer(
    signed_in: Identity, find: Find, people: UserMapping, sign_ins: SignIns, now: datetime
) -> Viewer:
    if people.issuers and signed_in.issuer not in people.issuers:
        raise NoAccess(f"Sign-ins at {signed_in.issuer} do not count here.", remedy=_ADMINISTRATOR)
    if named := people.by.get(signed_in.account):
        return find(named)
    email = _verified_address(signed_in)
    bound = sign_ins.bound_user(signed_in)
    try:
        meant = find(people.by.get(email, email))
    except NoAccess:
        # An address that is nobody's takes nothing from whom the account was bound to.
        if bound is None:
            raise
        return find(bound)
    assert meant.user_id is not None
    if bound is None:
        sign_ins.bind_user(signed_in, meant.user_id, now)
    elif bound != meant.user_id:
        raise NoAccess(
            f"You signed in as somebody else before your address became {email}, which is "
            "another person's in Harvest.",
            remedy="An administrator of the dashboard can remove the binding to that person.",
        )
    return meant


def _verified_address(signed_in: Identity) -> str:
    if not signed_in.email:
        raise NoAccess(
            "The provider does not tell your e-mail address, or not in ASCII.",
            remedy=_ADMINISTRATOR,
        )
    if not signed_in.is_verified:
        raise NoAccess(
            f"The provider has not verified that {signed_in.email} is your e-mail address.",
            remedy="Verify it there, sign out and sign in again.",
        )
    return signed_in.email
