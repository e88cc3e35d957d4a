"""The one place where errors become words."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.components.text import md_text
from dashboard.config.errors import DamagedSnapshot, DashboardError, machine_error
from harvest_client import HarvestError

log = logging.getLogger(__name__)

_LONGEST = 600  # a message may quote what somebody typed


@contextmanager
def show_errors(when_damaged: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Show the errors we know how to explain; lets every other one through.

    `when_damaged` draws what is below the error of a damaged version.
    """
    try:
        yield
    except (HarvestError, DashboardError) as error:
        log.info("shown to the reader: %s", type(error).__name__)
        explain_error(error)
        if isinstance(error, DamagedSnapshot):
            when_damaged()


def explain_error(error: HarvestError | DashboardError) -> None:
    """Show an error and its remedy."""
    st.error(
        f"{md_text(str(error)[:_LONGEST])}\n\n{md_text(error.remedy)}",
        icon=":material/error:",
    )


def log_unexpected(error: BaseException) -> bool:
    """Return a fault of ours: the log gets all of it, the reader a sentence to quote.

    Called by the server in place of its own display, hence the answer True.
    """
    if fault := machine_error(error):
        log.error("%s %s", fault, fault.remedy)
        explain_error(fault)
        return True
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    st.error(
        f"Something went wrong on our side. Reference: `{reference}`. "
        "Reload the page; if it stays, the server's log has the details under that reference.",
        icon=":material/error:",
    )
    return True
