"""Error responses of the hosted API, each in one of the shapes that occur."""

from harvest_demo.server.refusals import Refusal


def unauthenticated(message: str) -> Refusal:
    return Refusal(401, {"error": message})


def wrong_login() -> Refusal:
    return Refusal(401, {"message": "Client id or client secret is wrong."})


def wrong_organization() -> Refusal:
    return Refusal(403, {"message": "This login does not belong to the organization."})


def unreadable(message: str) -> Refusal:
    """Return a request that is not what the address takes at all."""
    return Refusal(400, {"error": message})


def no_connector() -> Refusal:
    return Refusal(404, {"error": "Connector not found."})


def bad_key(message: str) -> Refusal:
    """Return a key or query parameter that is unknown, missing, or of the wrong type."""
    return Refusal(422, {"error": message})


def bad_command(message: str) -> Refusal:
    """Return an entity or action that is not offered."""
    return Refusal(422, {"message": message})


def bad_search(message: str) -> Refusal:
    return Refusal(422, {"errors": [{"userPresentableMessage": message, "code": "bad_query"}]})


def from_harvest(status: int, message: str) -> Refusal:
    """Return a call that Harvest itself refused to the connector."""
    key = "message" if status == 429 else "error"
    return Refusal(status, {"errors": [{key: message}]})
