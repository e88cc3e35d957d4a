"""The dashboard on the command line: `python -m dashboard COMMAND --help`.

Exit codes: 0 done, 1 a negative answer, 2 bad usage or configuration, 3 Harvest or the network
failed. Everything but the answer goes to stderr.
"""

import sys

from harvest_client.auth.redaction import install_redaction
from harvest_client.errors import join_sentences
from harvest_client.machine import MachineFault, find_machine_fault, find_memory_limit
from harvest_client.terminal import prepare_streams, print_line

_LEAST_MEMORY = 1500 << 20  # bytes of address space: with less, libraries end the process


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    prepare_streams()
    if fault := find_memory_limit(_LEAST_MEMORY):
        return _exit_with_fault(fault)
    try:
        # Not above: loading the libraries takes most of the memory there is.
        from dashboard.cli.running import run_command
    except ImportError as error:
        fault = find_machine_fault(error)
        if fault is None:
            raise
        return _exit_with_fault(fault)
    return run_command(arguments, __doc__)


def _exit_with_fault(fault: MachineFault) -> int:
    print_line(join_sentences([fault.sentence, fault.remedy]), file=sys.stderr)
    return 2


if __name__ == "__main__":
    install_redaction()
    sys.exit(main())
