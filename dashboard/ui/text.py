"""Text that came from Harvest, made safe for Markdown.

Almost everything Streamlit shows is Markdown: titles, captions, alerts, labels of buttons and
metrics. Inert as they are: `st.text`, `st.code`, `st.dataframe`, the options of a multiselect.
"""

import re

from dashboard.charts.text import visible_text

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
