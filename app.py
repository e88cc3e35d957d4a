"""The server: `python -m streamlit run app.py`, or `uvicorn app:app`."""

from pathlib import Path

import streamlit as st

from dashboard.ui.doors import base, doors
from dashboard.ui.errors import unexpected
from dashboard.ui.routes import routes
from dashboard.ui.serving import lifespan
from dashboard.ui.sign_in_doors import sign_in_doors
from harvest_client.privacy import keep_private

keep_private()

app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    lifespan=lifespan,
    routes=routes(base()),
    middleware=[*doors(), *sign_in_doors()],
    on_script_error=unexpected,
)
