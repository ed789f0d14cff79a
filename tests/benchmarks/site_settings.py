"""The site as it is developed, with the benchmark's view that reads session and person and nothing else."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.test_pages"
