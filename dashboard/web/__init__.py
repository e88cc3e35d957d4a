"""Starlette application, sign-in and security around the Streamlit pages."""
