"""What a place in a tree gives: which files, under which paths, needing what.

`values` is what comes out; `reading` looks what lies there, `package_json` reads such a file.
"""

from __future__ import annotations

from belay_pm.contents.reading import described_by, read_contents
from belay_pm.contents.values import ContentFile, Contents

__all__ = ["ContentFile", "Contents", "described_by", "read_contents"]
