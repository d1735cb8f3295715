"""`python -m facegan` is the `facegan` command."""

import sys

from facegan.cli.main import main

sys.exit(main())
