"""What a `manifest.py` says: evaluated, never executed.

`values` is what comes out; `interpreting` follows the text, `functions` knows what its calls do, and
`evaluating` brings both together.
"""

from __future__ import annotations

from belay_pm.manifest.evaluating import READ_ONLY, check_manifest, evaluate_manifest
from belay_pm.manifest.stamping import StampedTree, stamped
from belay_pm.manifest.values import Manifest, ManifestFile, Metadata, Required

__all__ = [
    "READ_ONLY",
    "Manifest",
    "ManifestFile",
    "Metadata",
    "Required",
    "StampedTree",
    "check_manifest",
    "evaluate_manifest",
    "stamped",
]
