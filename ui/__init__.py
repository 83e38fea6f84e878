"""What the screens share; with ``pages/`` the only place that knows Streamlit."""
