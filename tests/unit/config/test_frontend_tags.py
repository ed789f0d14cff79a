"""The names of built scripts and styles, as templates ask for them."""

from __future__ import annotations

import json
import os

import pytest

from config.templatetags import frontend

pytestmark = pytest.mark.usefixtures("_static_storage")


@pytest.fixture
def _static_storage(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    settings.STATIC_URL = "/static/"


@pytest.fixture
def build(settings):
    """Return a function that writes a manifest, each time as a newer file."""
    manifest = settings.BASE_DIR / frontend.MANIFEST
    manifest.parent.mkdir(parents=True)
    moments = iter(range(1_000, 2_000))

    def write(**names):
        manifest.write_text(json.dumps({name.replace("_", "."): file for name, file in names.items()}))
        moment = next(moments)
        os.utime(manifest, (moment, moment))

    return write


class TestEntries:
    def test_a_script_is_a_module_under_its_hashed_name(self, build):
        build(main_js="main-AB12.js")
        assert frontend.entry_script("main") == '<script type="module" src="/static/build/main-AB12.js"></script>'

    def test_a_style_is_a_link_to_its_hashed_name(self, build):
        build(main_css="main-CD34.css")
        assert frontend.entry_style("main") == '<link rel="stylesheet" href="/static/build/main-CD34.css">'

    def test_a_new_build_is_seen_without_a_restart(self, build):
        build(main_js="main-OLD.js")
        frontend.entry_script("main")
        build(main_js="main-NEW.js")
        assert "main-NEW.js" in frontend.entry_script("main")

    def test_an_entry_that_was_not_built_is_named(self, build):
        build(main_js="main-AB12.js")
        with pytest.raises(KeyError, match=r"absent\.js"):
            frontend.entry_script("absent")

    def test_without_a_build_the_page_still_renders_and_the_log_says_what_to_do(self, caplog):
        assert "/static/build/main.js" in frontend.entry_script("main")
        assert "make run" in caplog.text
