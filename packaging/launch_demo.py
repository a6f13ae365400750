"""Where the bundled demo cloud starts: `python -m k6desk.demo`, which PyInstaller cannot be given as such."""

import sys

from k6desk.demo.__main__ import main

sys.exit(main())
