"""Text for Markdown, durations in words, and a progress bar."""

import re
from datetime import datetime, timedelta

import streamlit as st

from dashboard.charts.formatting import Formats
from dashboard.charts.theme import visible_text
from dashboard.store.schema import KEPT
from dashboard.sync.progress import Progress

# Word joiner: breaks what is linked or replaced without being written as markup. Not visible.
_JOINER = "\u2060"
_AUTOLINKED = re.compile(r"(https?|ftp|www|mailto|xmpp)(?=[:.])", re.IGNORECASE)
_ARROWS = re.compile(r"(?<=[<-])(?=[->])")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def md_text(text: str) -> str:
    """Shown as it is written: no link, no image, no formula, no icon, no colour."""
    broken = _AUTOLINKED.sub(rf"\1{_JOINER}", visible_text(text))
    broken = broken.replace("@", f"{_JOINER}@").replace(":streamlit", f":{_JOINER}streamlit")
    broken = _ARROWS.sub(_JOINER, broken)
    return _PUNCTUATION.sub(r"\\\1", broken)


def format_age(then: datetime, now: datetime) -> str:
    """Such as "4 min ago"; to the minute, the hour or the day."""
    age = max(now - then, timedelta())
    if age < timedelta(minutes=1):
        return "just now"
    return f"{_duration_text(age)} ago"


def format_remaining(seconds: float) -> str:
    """Such as "about 2 min left"."""
    if seconds < 60:
        return "less than a minute left"
    return f"about {_duration_text(timedelta(seconds=seconds))} left"


def _duration_text(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"


def progress_bar(progress: Progress, formats: Formats) -> None:
    """The share done, the time left where it can be told, and what was read so far."""
    number = formats.format_number
    told = [f"{number(progress.rows)} records", f"{number(progress.requests)} requests"]
    if progress.seconds_left is not None:
        told.append(format_remaining(progress.seconds_left))
    st.progress(progress.share or 0.0, text=" · ".join(told))
    entities = [
        f"{KEPT[name].label} {number(rows)}" + (f" of {number(total)}" if total is not None else "")
        for name, rows, total in progress.entities
    ]
    if entities:
        st.caption(" · ".join(entities))
