"""What is used of Streamlit without being public is in one module, and does what is expected.

A test that fails here after an update names what the update changed.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
OWNER = "streamlit_internals.py"
PUBLIC = {"streamlit"}


def test_one_module_imports_internals_of_streamlit() -> None:
    found = set()
    for path in [*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PUBLIC:
                found.add(path.name)
            if isinstance(node, ast.Import):
                found |= {path.name for name in node.names if name.name.startswith("streamlit.")}

    assert found == {OWNER}
