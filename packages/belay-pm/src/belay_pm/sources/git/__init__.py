"""Repositories: what a branch or tag is, and the files of a commit, from mirrors in the cache.

The program `git` does the work, as each computer has it set up: its certificates, proxies, credential
helpers, `~/.netrc`, ssh and its agent. It is started for this alone, in an environment of its own, so that
neither the settings of the project around nor what a repository says can make it run anything.
"""

from __future__ import annotations

from belay_pm.sources.git.mirrors import GitMirrors
from belay_pm.sources.git.tree import CommitTree
from belay_pm.sources.git.urls import element_of

__all__ = ["CommitTree", "GitMirrors", "element_of"]
