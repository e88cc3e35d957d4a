"""The studio of `tests/dashboard/metrics`."""

from tests.dashboard.metrics.conftest import studio as studio
