"""Answers read into typed records, or refused with the place at fault and nothing quoted."""

from typing import TypeVar

import msgspec

from harvest_client.entities import Entity
from harvest_client.errors import Malformed
from harvest_client.refusal import is_web_page
from harvest_client.transport import Reply

Read = TypeVar("Read")


def decoded(entity: Entity, reply: Reply, decoder: msgspec.json.Decoder[Read]) -> Read:
    """The body as `decoder` reads it; raises `Malformed`."""
    if is_web_page(reply):
        raise Malformed(f"{entity.name}: a web page came instead of JSON.")
    if not reply.body:
        raise Malformed(f"{entity.name}: the answer is empty.")
    try:
        return decoder.decode(reply.body)
    except msgspec.ValidationError as error:
        what, _, place = str(error).rpartition(" - at ")
        where = f"at {place.strip('`')}: {what}" if what else f"at its top: {place}"
        problem = f"answer is not what is documented, {where}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = f"answer is not whole JSON: {error}"
    except RecursionError:
        problem = "answer is nested without end"
    # Outside of the handlers: a UnicodeDecodeError holds the whole answer.
    raise Malformed(f"{entity.name}: {problem}.")
