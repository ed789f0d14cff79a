"""What prose and directives become, and what becomes of a whole course."""

from __future__ import annotations

import re

import pytest

from lessons.content import RENDERER_VERSION, check_course, digest_of
from lessons.content.sanitise import sanitise
from quizzes.kinds import parse_question
from simulations import engine
from tests.unit.content.conftest import MINIMAL

CHAPTER = "01-waiting/chapter.md"


class TestComputedNumbers:
    def test_open_how_they_were_computed_without_script(self, rendered):
        assert rendered("Is {{ all_below(0.99, 20) | percent(1) }} now.") == (
            '<p>Is <button type="button" class="calc" popovertarget="calc-1">81.8%</button>'
            '<span popover="" id="calc-1" class="calc-note">'
            "How this was computed: <code>0.99 ** 20 = 0.8179</code></span> now.</p>\n"
        )

    @pytest.mark.parametrize(
        ("text", "before", "after"),
        [
            ("Is %s. Then", "Is ", "."),
            ("the page's p%s: half", "the page’s ", ":"),
            ("a *good* (%s), R&D%s", "a <em>good</em> ", "),"),
        ],
    )
    def test_are_not_parted_at_the_end_of_a_line_from_what_stands_against_them(self, rendered, text, before, after):
        html = rendered(text.replace("%s", "{{ all_below(0.99, 20) | percent(1) }}"))
        assert html.startswith(f'<p>{before}<span class="unbroken">')
        assert f"</code></span>{after}</span> " in html

    def test_have_identifiers_of_their_own_through_the_whole_chapter(self):
        course = check_course(MINIMAL).course
        html = "".join(
            str(item.payload.get("blocks", "")) for item in course.items if item.kind in {"chapter", "section"}
        )
        identifiers = re.findall(r' id="([^"]+)"', html)
        assert len(identifiers) == len(set(identifiers)) > 5
        assert set(re.findall(r'popovertarget="([^"]+)"', html)) <= set(identifiers)

    def test_stay_as_written_inside_code(self, rendered):
        html = rendered("`{{ 1 | x }}` and `$a$`\n\n```sh\necho {{ 1 }} $HOME $PATH$\n```")
        assert "<code>{{ 1 | x }}</code> and <code>$a$</code>" in html
        assert '<pre tabindex="0"><code class="language-sh">echo {{ 1 }} $HOME $PATH$\n</code></pre>' in html

    def test_stand_in_titles_and_captions_as_plain_text(self, changed):
        title = "## Tables and boxes {#tables}"
        report = changed(
            CHAPTER,
            (title, "## The `p99` of *{{ all_below(0.99, 20) | percent(1) }}* & more {#tables}"),
            ("caption: The tail moves", "caption: The {{ all_below(0.9, 2) | number(2) }} tail moves"),
        )
        items = {item.key: item for item in report.course.items}
        assert items["waiting/tables"].title == "The p99 of 81.8% & more"
        caption = items["waiting/straggler-instrument"].payload["caption"]
        assert caption == "The 0.81 tail moves with every call."


class TestMarkdown:
    @pytest.mark.parametrize(
        ("markdown", "html"),
        [
            (
                "[1,000]{.given} and [2]{.cited .illustrative}",
                '<span class="given">1,000</span> and <span class="cited illustrative">2</span>',
            ),
            ('"Quoted" and it\'s', "“Quoted” and it’s"),
            ("[a](https://example.org/x?y=1)", '<a href="https://example.org/x?y=1" rel="noopener noreferrer">a</a>'),
            ("<mailto:a@example.org>", '<a href="mailto:a@example.org"'),
            ("[a](#tables)", '<a href="#tables"'),
            ("### A heading", "<h3>A heading</h3>"),
            ("A\\\nB", "A<br>\nB"),
            ("p99 < p99.9 & more", "p99 &lt; p99.9 &amp; more"),
            ("\\$5 is `x`".replace("5", "x"), "$x is <code>x</code>"),
        ],
    )
    def test_becomes_html(self, rendered, markdown, html):
        assert html in rendered(markdown)

    def test_links_a_term_to_the_glossary(self, rendered):
        assert rendered("A [slow *one*](term:straggler)") == (
            '<p>A <a class="term" href="../glossary/#straggler" rel="noopener noreferrer">slow <em>one</em></a></p>\n'
        )

    def test_writes_formulas_as_mathml(self, rendered):
        html = rendered(
            "Is $q^n$ or\n\n$$\\frac{1}{2} \\le x$$\n\nfor $5 and $6.".replace(
                "$5 and $6", "[$5]{.given} and [$6]{.given}"
            )
        )
        assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' in html
        assert "<msup><mi>q</mi><mi>n</mi></msup>" in html
        assert 'display="block"' in html
        assert "<mfrac>" in html
        assert '<span class="given">$5</span>' in html

    def test_aligns_columns_by_class_since_styles_are_forbidden(self, changed):
        report = changed(CHAPTER, ("| Calls | Share |\n|---|---:|", "| Calls | Share |\n|:---:|---:|"))
        html = str(report.course.items)
        assert '<th class="align-center" scope="col">Calls</th>' in html
        assert '<th class="n" scope="col">Share</th>' in html
        assert "style=" not in html


class TestDirectives:
    def test_make_a_table_a_region_that_the_keyboard_reaches(self):
        html = self.html_of("waiting/tables")
        assert (
            '<div id="table-shares" class="table-wrap" role="region" '
            'aria-labelledby="table-shares-caption" tabindex="0">'
            '<table><caption id="table-shares-caption">How the share grows.</caption>'
        ) in html
        assert '</table></div><p class="source">Source: Computed here.</p>' in html

    def test_make_boxes_of_examples_asides_and_incidents(self):
        html = self.html_of("waiting/tables")
        assert '<section class="worked" aria-labelledby="example-by-hand"><h3 id="example-by-hand">By hand</h3>' in html
        assert '<aside class="aside"><p>Code is left alone' in html
        assert '<div class="incident"><p class="title"><strong>A Monday</strong></p><p>The page hung.</p>' in html

    def test_title_an_aside_and_leave_an_example_its_common_name(self, rendered):
        html = rendered("::::aside\ntitle: By the way\n\nText.\n::::\n\n:::worked-example plain\nText.\n:::")
        assert '<aside class="aside"><p class="title"><strong>By the way</strong></p>' in html
        assert '<h3 id="example-plain">Worked example</h3>' in html

    def test_put_an_aside_into_an_example(self, rendered):
        html = rendered("::::worked-example plain\nText.\n\n:::aside\nBut.\n:::\n::::")
        assert '<p>Text.</p>\n<aside class="aside"><p>But.</p>\n</aside></section>' in html

    def test_gather_the_closer(self):
        block = self.blocks_of("waiting/tables")[-1]
        assert block == {
            "type": "closer",
            "principle_html": "<p>Ask how many calls a page waits for.</p>",
            "mistake_html": "<p>Reading one service’s p99 as the page’s.</p>",
            "questions": [
                "How many calls does a page make?",
                "Which of them\ncan be late?",
                "What does the page do then?",
            ],
        }

    def test_embed_runs_and_simulations_with_every_parameter(self):
        simulation, run = self.blocks_of("waiting/one-slow-call")[1], self.blocks_of("waiting/tables")[1]
        assert (simulation["type"], simulation["model"], simulation["key"]) == (
            "simulation",
            "tail_latency",
            "waiting/straggler-instrument",
        )
        assert simulation["parameters"]["calls"] == "20"
        assert simulation["predict"] is None
        assert (run["type"], run["requests"], run["parameters"]["calls"]) == ("run", 1000, "20")

    def test_keep_a_prediction_that_the_model_knows(self, changed):
        from simulations.engine.registry import get_model

        prompt = get_model("tail_latency").predictions[0].name
        report = changed(CHAPTER, ("caption: The tail", f"predict: {prompt}\ncaption: The tail"))
        blocks = next(item for item in report.course.items if item.key == "waiting/one-slow-call").payload["blocks"]
        assert blocks[1]["predict"] == prompt

    def test_keep_the_guess_that_the_models_scene_asks_for(self, changed):
        report = changed(
            CHAPTER,
            (":::simulation tail_latency", ":::simulation percentiles"),
            ("caption: The tail", "predict: p99_of_both\ncaption: The tail"),
        )
        blocks = next(item for item in report.course.items if item.key == "waiting/one-slow-call").payload["blocks"]
        assert (blocks[1]["model"], blocks[1]["predict"]) == ("percentiles", "p99_of_both")

    def blocks_of(self, key):
        return next(item for item in check_course(MINIMAL).course.items if item.key == key).payload["blocks"]

    def html_of(self, key):
        return "".join(block.get("html", "") for block in self.blocks_of(key))


class TestLoadedCourse:
    def test_lists_items_after_their_parents(self):
        course = check_course(MINIMAL).course
        assert [(item.kind, item.key, item.parent) for item in course.items] == [
            ("chapter", "waiting", None),
            ("section", "waiting/one-slow-call", "waiting"),
            ("simulation", "waiting/straggler-instrument", "waiting/one-slow-call"),
            ("question", "waiting/slow-share", "waiting/one-slow-call"),
            ("section", "waiting/tables", "waiting"),
            ("simulation", "waiting/correlated", "waiting/tables"),
            ("term", "terms/straggler", None),
            ("term", "terms/fan-out", None),
        ]

    def test_holds_questions_that_can_be_parsed_again(self):
        question = next(item for item in check_course(MINIMAL).course.items if item.kind == "question")
        assert parse_question(question.payload).definition.id == "slow-share"

    def test_names_the_terms_that_a_chapter_links_to(self):
        items = check_course(MINIMAL).course.items
        chapters = {item.key: item.payload["terms"] for item in items if item.kind == "chapter"}
        assert chapters == {"waiting": [{"key": "terms/straggler"}]}

    def test_estimates_minutes_from_words_and_what_there_is_to_do(self, changed):
        report = changed(CHAPTER, ("The page hung.", "word " * 660))
        minutes = {item.key: item.payload["minutes"] for item in report.course.items if item.kind == "section"}
        assert minutes == {"waiting/one-slow-call": 6, "waiting/tables": 5}

    def test_knows_what_renamed_items_were(self, changed, folder):
        changed("01-waiting/questions.yaml", ("- id: slow-share", "- id: share\n  was: [slow-share, old-share]"))
        changed("glossary.yaml", ("- id: fan-out", "- id: fan-out\n  was: fanout"))
        report = changed(
            CHAPTER,
            ("id: waiting\n", "id: delays\nwas: waiting\n"),
            ("{#tables}", "{#boxes was=tables,charts}"),
            ("(#tables)", "(#boxes)"),
            (":::question slow-share", ":::question share"),
            ("id: correlated\n", "id: correlated-draws\nwas: correlated\n"),
        )
        was = {item.key: item.was for item in report.course.items}
        assert was["delays"] == ("waiting",)
        assert was["delays/one-slow-call"] == ("waiting/one-slow-call",)
        assert was["delays/boxes"] == (
            "delays/tables",
            "delays/charts",
            "waiting/boxes",
            "waiting/tables",
            "waiting/charts",
        )
        assert was["delays/share"][-2:] == ("waiting/slow-share", "waiting/old-share")
        assert was["delays/correlated-draws"][-1] == "waiting/correlated"
        assert was["terms/fan-out"] == ("terms/fanout",)

    def test_states_what_course_yaml_does(self):
        course = check_course(MINIMAL).course
        assert (course.slug, course.language, course.licence, course.removed) == (
            "minimal",
            "en",
            "CC BY 4.0",
            ("waiting/gone",),
        )
        assert [(chapter.number, chapter.title) for chapter in course.coming] == [(2, "What comes next")]

    def test_does_without_questions_in_a_chapter(self, changed, folder):
        (folder / "01-waiting/questions.yaml").unlink()
        assert changed(CHAPTER, (":::question slow-share\n:::\n", "")).course is not None


class TestGlossary:
    def test_says_where_a_term_is_taught_first_or_as_its_entry_states(self, changed):
        def taught(report):
            return {item.key: item.payload["taught"] for item in report.course.items if item.kind == "term"}

        first = {"page": "waiting", "anchor": "one-slow-call", "title": "One slow call"}
        assert taught(changed(CHAPTER, ("id: waiting", "id: waiting"))) == {
            "terms/straggler": first,
            "terms/fan-out": None,
        }
        stated = ("- id: straggler", "- id: straggler\n  taught: queues#tables")
        renamed = ("id: waiting", "id: queues\nwas: waiting")
        changed(CHAPTER, renamed)
        assert taught(changed("glossary.yaml", stated))["terms/straggler"] == {
            "page": "waiting",
            "anchor": "tables",
            "title": "Tables and boxes",
        }

    def test_counts_to_a_chapter_the_terms_that_it_links_to_and_those_that_an_entry_places_there(self, changed):
        def terms(report):
            return [item.payload["terms"] for item in report.course.items if item.kind == "chapter"]

        linked = [{"key": "terms/straggler"}]
        assert terms(changed(CHAPTER, ("id: waiting", "id: waiting"))) == [linked]
        placed = ("- id: fan-out", "- id: fan-out\n  taught: waiting#tables")
        assert terms(changed("glossary.yaml", placed)) == [[*linked, {"key": "terms/fan-out"}]]


class TestDigest:
    def test_covers_files_and_their_names(self, folder):
        before = digest_of(folder)
        assert before == digest_of(MINIMAL) == check_course(folder).course.digest
        (folder / CHAPTER).write_text((folder / CHAPTER).read_text(encoding="utf-8") + "\n", encoding="utf-8")
        changed = digest_of(folder)
        (folder / "glossary.yaml").rename(folder / "README.md")
        assert len({before, changed, digest_of(folder)}) == 3

    def test_covers_the_engine_and_the_renderer(self, monkeypatch):
        before = digest_of(MINIMAL)
        assert check_course(MINIMAL).course.engine_version == engine.VERSION
        assert check_course(MINIMAL).course.renderer_version == RENDERER_VERSION
        monkeypatch.setattr(engine, "VERSION", "next")
        after = digest_of(MINIMAL)
        monkeypatch.setattr("lessons.content.course.RENDERER_VERSION", "next")
        assert len({before, after, digest_of(MINIMAL)}) == 3


class TestSanitise:
    @pytest.mark.parametrize(
        ("html", "clean"),
        [
            ("<script>alert(1)</script>", ""),
            ('<p onclick="x" style="color:red">a</p>', "<p>a</p>"),
            ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
            ("<iframe src=x></iframe><img src=x>", ""),
            ('<math><mtext><style><img src="x" onerror="y"></style></mtext></math>', "<math><mtext></mtext></math>"),
        ],
    )
    def test_lets_nothing_else_through(self, html, clean):
        assert sanitise(html) == clean
