"""Credentials, tokens and the authentication flow."""
