"""Where the bundled program starts: `python -m k6desk`, which PyInstaller cannot be given as such."""

import os
import sys

from k6desk.__main__ import main

if sys.platform.startswith("linux"):
    # The bundle has found its own libraries by now. What k6desk starts, such as a browser, must not find them as well.
    before = os.environ.get("LD_LIBRARY_PATH_ORIG")
    for name in tuple(os.environ):
        if name.startswith(("_PYI_", "LD_LIBRARY_PATH")) or name in {"QT_PLUGIN_PATH", "QML2_IMPORT_PATH"}:
            del os.environ[name]
    if before:
        os.environ["LD_LIBRARY_PATH"] = before

sys.exit(main())
