"""What Plotly may do with a chart: be taken away as a picture, and nothing else."""

from typing import Any

import streamlit as st


def picture_config() -> dict[str, Any]:
    """The `config` of every chart: a camera while the pointer is over it."""
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": st.session_state.get("picture") or "png",
            "filename": "harvest-insights",
            "scale": 2,
        },
    }
