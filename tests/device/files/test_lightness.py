"""What `import belay` and a sync without patterns do not pay for."""

from __future__ import annotations

import subprocess
import sys


def _loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after `code`."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_belay_loads_nothing_about_files() -> None:
    """Who calls functions on a board only, does not wait for what a sync needs."""
    loaded = _loaded("import belay")

    assert [name for name in loaded if name.startswith("belay.files")] == []


def test_a_sync_without_patterns_and_compiling_loads_neither_library_nor_compiler(tmp_path: object) -> None:
    """The library of patterns takes longer to load than a small sync takes."""
    loaded = _loaded(
        "from belay.files import host_tree, plan, preparing, scope, keeping\n"
        f"preparing.prepare(host_tree.host_tree({str(tmp_path)!r}))"
    )

    assert loaded.isdisjoint({"pathspec", "subprocess", "tempfile", "dataclasses", "belay.files.compiler"})
