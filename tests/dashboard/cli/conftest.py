"""The studio of `tests/dashboard/metrics`, published where the commands look for it."""

from tests.dashboard.components.conftest import published as published
from tests.dashboard.components.conftest import told as told
