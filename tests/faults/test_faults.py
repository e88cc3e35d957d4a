"""The list of seeded faults fits the code as it is."""

import ast
from collections import Counter

import pytest

from tests.faults import ROOT, Fault, load_faults

FAULTS = load_faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_applies_to_the_code(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text("utf-8")
    assert text.count(fault.before) == 1
    assert fault.after != fault.before
    if fault.file.endswith(".py"):
        ast.parse(text.replace(fault.before, fault.after))
    assert all((ROOT / test).exists() for test in fault.tests)


def test_faults_are_many_in_every_area() -> None:
    assert len(FAULTS) >= 60
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert min(Counter(fault.area for fault in FAULTS).values()) >= 3
