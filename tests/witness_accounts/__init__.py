"""Generated accounts for the witness."""

from tests.witness_accounts.build import build_account
from tests.witness_accounts.builder import VARIANTS

__all__ = ["VARIANTS", "build_account"]
