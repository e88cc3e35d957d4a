"""The studio of `tests/dashboard/metrics`, published where the commands look for it."""

from tests.dashboard.ui.conftest import published as published
from tests.dashboard.ui.conftest import told as told
