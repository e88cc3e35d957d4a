"""Sign-in: the viewer of a page run, and of a request for a file.

Where `[auth]` of the secrets is not configured nobody signs in: whoever reaches the server, from
this machine alone, holds the token itself and sees everything.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import streamlit as st
from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection
from starlette.types import Scope

from dashboard.access.audit_log import THIS_MACHINE, AuditActor, account_hash
from dashboard.access.rights import EVERYTHING, Viewer
from dashboard.access.sessions import SignIns
from dashboard.access.user_mapping import Identity, UserMapping, identity_of_claims, read_mapping
from dashboard.config.errors import ConfigError, DashboardError, NoAccess, SignInNeeded
from dashboard.config.settings import Settings, load_settings
from dashboard.store.snapshots import Snapshot
from dashboard.store.viewers import viewer_by_email, viewer_of
from dashboard.web.streamlit_private import auth_util, claims_of_cookies, config, secrets_singleton
from harvest_client import HarvestError

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
    """Return the person of the account.

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


MADE_FOR = "for"
"""The query parameter of a link to a file that says whose it is."""

_SIGNED_OUT = "You signed out."


@cache  # as it was at the start: a secrets file that goes away opens nothing
def is_configured() -> bool:
    """Return whether people sign in here. Raises `ConfigError` if the settings are incomplete."""
    if not secrets_singleton.load_if_toml_exists():
        for name in config.get_option("secrets.files"):
            if Path(name).exists():
                raise ConfigError(f"{name} cannot be read.", remedy="Correct it and start again.")
    if not auth_util.get_secrets_auth_section():
        return False
    if config.get_option("server.trustedUserHeaders"):
        raise ConfigError(
            "server.trustedUserHeaders is set: a header could then say who signed in.",
            remedy="Remove it and start again: sign-in is configured in [auth] of the secrets.",
        )
    return True


def provider_names() -> dict[str, str]:
    """Return the providers of `st.login` with their titles: "" for the one unnamed."""
    sections = auth_util.get_secrets_auth_section().items()
    named = [name for name, part in sections if isinstance(part, Mapping) and "client_id" in part]
    unnamed = "client_id" in auth_util.get_secrets_auth_section()
    if len(named) == 1 and not unnamed:
        return {named[0]: ""}
    called = {name: name.replace("-", " ").capitalize() for name in named}
    return {"default": ""} | called if unnamed or not named else called


def current_viewer(settings: Settings, snapshot: Snapshot) -> Viewer:
    """Return the viewer of the page. Raises `SignInNeeded`, `NoAccess`, `ConfigError`."""
    if not is_configured():
        return EVERYTHING
    return _admit(settings, snapshot, signed_in())


async def has_access(scope: Scope) -> bool:
    """Return whether a page would be drawn for the client of a connection."""
    connection = HTTPConnection(scope)
    try:
        demand_cookie(connection)  # strangers cost no thread
    except SignInNeeded:
        return False
    return not is_configured() or await to_thread.run_sync(
        _has_access, connection, limiter=_lookup_limiter()
    )


def _has_access(connection: HTTPConnection) -> bool:
    from dashboard.components.queries import current_snapshot

    try:
        configured = load_settings()
        viewer_of_request(connection, configured, current_snapshot(configured))
    except (HarvestError, DashboardError):
        return False
    return True


@cache
def _lookup_limiter() -> CapacityLimiter:
    return CapacityLimiter(2)


def demand_cookie(request: HTTPConnection) -> None:
    """Raise `SignInNeeded` for a request of somebody who never signed in: before all else."""
    if is_configured():
        _identity_of(request)


def made_for() -> dict[str, str]:
    """Return the query part that binds a link to its viewer; empty if nobody signs in."""
    return {MADE_FOR: account_hash(signed_in().account)} if is_configured() else {}


def demand_own_link(request: HTTPConnection) -> None:
    """Raise `NoAccess` for a link that was made for somebody else.

    What is in a file, its reader's own rights say: with this nobody takes theirs for the other's.
    """
    whose = request.query_params.get(MADE_FOR)
    if is_configured() and whose and whose != account_hash(_identity_of(request).account):
        raise NoAccess(
            "This download link belongs to another user.",
            remedy="Open the page to get your own.",
        )


def viewer_of_request(request: HTTPConnection, settings: Settings, snapshot: Snapshot) -> Viewer:
    """Return the viewer of a request. Raises `SignInNeeded`, `NoAccess`, `ConfigError`."""
    if not is_configured():
        return EVERYTHING
    return _admit(settings, snapshot, _identity_of(request))


def audit_actor(viewer: Viewer) -> AuditActor:
    """Return the viewer that the page is drawn for, as the audit log has them."""
    return _make_actor(viewer, signed_in()) if is_configured() else THIS_MACHINE


def who_of_request(request: HTTPConnection, viewer: Viewer) -> AuditActor:
    """Return the viewer that a request is answered for, as the audit log has them."""
    return _make_actor(viewer, _identity_of(request)) if is_configured() else THIS_MACHINE


def signed_in() -> Identity:
    """Return the sign-in that the page's browser states, valid or not. Raises `SignInNeeded`."""
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        raise SignInNeeded("Nobody is signed in.", remedy="Sign in.")
    return identity_of_claims(claims)


def sign_out(settings: Settings) -> None:
    """End the page's sign-in, in all its tabs, and leaves for the provider to do the same."""
    _end_session(settings, signed_in())
    st.logout()


def end_of_request(request: HTTPConnection, settings: Settings) -> None:
    """End the sign-in that a request comes with, if any."""
    try:
        ended = _identity_of(request)
    except SignInNeeded:
        return
    _end_session(settings, ended)


def is_over(request: HTTPConnection, settings: Settings) -> bool:
    """Return whether a request comes with no sign-in, or with one that has ended."""
    try:
        _sign_ins(settings).require(_identity_of(request), datetime.now(UTC))
    except SignInNeeded:
        return True
    return False


def _make_actor(viewer: Viewer, signed_in: Identity) -> AuditActor:
    return AuditActor(viewer.name, viewer.user_id, account_hash(signed_in.account))


def _admit(settings: Settings, snapshot: Snapshot, who: Identity) -> Viewer:
    def find_viewer(named: int | str) -> Viewer:
        return _find_person(str(snapshot.path), named, snapshot)

    known = read_mapping(settings.people_file)
    return admit_person(who, find_viewer, known, _sign_ins(settings), datetime.now(UTC))


# A version never changes, so neither do its people.
@st.cache_resource(max_entries=1000, show_spinner=False)
def _find_person(path: str, named: int | str, _snapshot: Snapshot) -> Viewer:
    return find_person(_snapshot, named)


def _identity_of(request: HTTPConnection) -> Identity:
    claims = claims_of_cookies(request.cookies)
    if not claims.get("is_logged_in"):
        raise SignInNeeded("Nobody is signed in.", remedy="Sign in at the dashboard first.")
    return identity_of_claims(claims)


def _end_session(settings: Settings, who: Identity) -> None:
    _sign_ins(settings).end_session(who, _SIGNED_OUT, datetime.now(UTC))


def _sign_ins(settings: Settings) -> SignIns:
    return _sessions(settings.cache_dir.absolute() / settings.account_id)


@cache  # one for each file, which threads share
def _sessions(directory: Path) -> SignIns:
    return SignIns(directory)
