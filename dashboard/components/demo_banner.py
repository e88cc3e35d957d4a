"""Banner over the pages of the demo account, with the way to one's own account."""

import streamlit as st

_TOKENS = "https://id.getharvest.com/developers"
_SECRETS = ('HARVEST_ACCOUNT_ID = "…"', 'HARVEST_ACCESS_TOKEN = "…"')


def demo_banner() -> None:
    """Draw that the figures are sample data, and the steps that connect an account."""
    with st.container(horizontal=True, vertical_alignment="center", key="demo_banner"):
        st.badge("Demo data", icon=":material/science:", color="orange")
        st.caption("This is a sample account.", width="content")
        with st.popover("Connect your Harvest account", icon=":material/link:"):
            st.markdown(
                f"1. Create a personal access token: [id.getharvest.com/developers]({_TOKENS}).\n"
                "2. Write the account id and the token into `.streamlit/secrets.toml`:"
            )
            for line in _SECRETS:
                st.markdown(f"`{line}`")
            st.markdown(
                "3. Run `python -m harvest_client accounts` to test the token. It lists the"
                " accounts that the token opens.\n"
                "4. Restart the dashboard. The first sync reads the newest months first."
            )
            st.caption("The dashboard only reads: nothing in Harvest is changed.")
