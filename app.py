"""The server: `python -m streamlit run app.py`, or `uvicorn app:app`."""

from pathlib import Path

import streamlit as st

from dashboard.components.errors import log_unexpected
from dashboard.web.app import lifespan, make_middleware, read_base_path
from dashboard.web.routes import make_routes
from dashboard.web.sign_in_middleware import sign_in_doors
from harvest_client.auth.redaction import install_redaction

install_redaction()

app = st.App(
    Path(__file__).parent / "dashboard" / "router.py",
    lifespan=lifespan,
    routes=make_routes(read_base_path()),
    middleware=[*make_middleware(), *sign_in_doors()],
    on_script_error=log_unexpected,
)
