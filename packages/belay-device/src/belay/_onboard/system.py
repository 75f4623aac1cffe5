# `os` for the files that name it, whatever this board calls it.
try:
    import os
except ImportError:
    import uos as os
