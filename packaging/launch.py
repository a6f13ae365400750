"""Where the bundled program starts: `python -m k6desk`, which PyInstaller cannot be given as such."""

import os
import sys

from k6desk.__main__ import main

# The bundle has found its own libraries by now. What k6desk starts, such as a browser, must not find them as well.
before = os.environ.get("LD_LIBRARY_PATH_ORIG")
for name in tuple(os.environ):
    if name.startswith(("_PYI_", "LD_LIBRARY_PATH")) or name in {"QT_PLUGIN_PATH", "QML2_IMPORT_PATH"}:
        del os.environ[name]
if before:
    os.environ["LD_LIBRARY_PATH"] = before
if "PATH" in os.environ:
    ours = sys._MEIPASS  # noqa: SLF001 - what PyInstaller calls the folder of the libraries
    os.environ["PATH"] = os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if each != ours)

sys.exit(main())
