"""The site: settings, addresses, errors, health, the task queue, and the services of a local installation."""

from __future__ import annotations

import os

# One BLAS thread a process, set before anything loads numpy: web and worker processes themselves are the parallelism.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
