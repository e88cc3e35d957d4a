"""The server: `python -m streamlit run app.py`, or `uvicorn app:app`."""

from pathlib import Path

import streamlit as st

from dashboard.ui.doors import make_middleware, read_base_path
from dashboard.ui.errors import log_unexpected
from dashboard.ui.routes import make_routes
from dashboard.ui.serving import lifespan
from dashboard.ui.sign_in_doors import sign_in_doors
from harvest_client.privacy import install_redaction

install_redaction()

app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    lifespan=lifespan,
    routes=make_routes(read_base_path()),
    middleware=[*make_middleware(), *sign_in_doors()],
    on_script_error=log_unexpected,
)
