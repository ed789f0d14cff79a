"""What other people and other sites are sent: challenges, embedded simulations, pictures, oEmbed."""

from __future__ import annotations

import io
import re
from html import unescape
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.core import signing
from PIL import Image

from simulations import policy, selectors
from simulations.engine.model import Cost
from simulations.engine.registry import MODELS
from simulations.models import Prediction
from tests.factories.catalogue import OfferingFactory
from tests.integration.simulations.conftest import replace_model

QUESTION = MODELS["tail_latency"].predictions[0]
ANSWER = "1,505"


@pytest.fixture(autouse=True)
def offering():
    """The open course, where a friend's interval is kept."""
    return OfferingFactory(slug="tradeoffs")


def text_of(response) -> str:
    """Return what stands on a page outside of the data for scripts."""
    plain = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))


def challenge(low=300.0, high=900.0, *, prompt=QUESTION.name) -> str:
    return selectors.challenge_url(model="tail_latency", prompt=prompt, low=low, high=high)


def commit(client, address, low, high):
    """Send the form of a challenge's page, and return where it leads."""
    page = client.get(address).content.decode()
    assert f'name="next" value="{address}' in re.sub(r"\s+", " ", page)
    form = {"offering": "tradeoffs", "prompt": QUESTION.name, "next": address, "low": low, "high": high}
    return client.post("/simulations/tail_latency/predict/", form, follow=True)


class TestChallenge:
    def test_shows_neither_answer_nor_the_senders_interval_before(self, client):
        page = client.get(challenge(low=317.0, high=911.0)).content.decode()
        assert QUESTION.question.split("?")[0] in unescape(page)
        for secret in (ANSWER, "1505", "317", "911"):
            assert secret not in page

    def test_shows_both_and_the_truth_after(self, client):
        response = commit(client, challenge(low=317.0, high=911.0), "1000", "2000")
        text = text_of(response)
        assert f"{ANSWER} ms" in text
        assert "317 to 911 ms" in text
        assert "1,000 to 2,000 ms" in text
        assert "Yours did better" in text

    def test_says_so_where_the_sender_did_better(self, client):
        assert "The one sent to you did better" in text_of(commit(client, challenge(1400.0, 1600.0), "20", "30"))

    def test_the_first_interval_stands_on_every_later_link(self, client):
        commit(client, challenge(317.0, 911.0), "1000", "2000")
        text = text_of(client.get(challenge(10.0, 20.0)))
        assert "1,000 to 2,000 ms" in text
        assert Prediction.objects.count() == 1

    def test_gives_whoever_committed_it_the_address_to_send(self, client):
        commit(client, challenge(), "1000", "2000")
        own = challenge(1000.0, 2000.0)
        text = client.get(own).content.decode()
        assert "This is your own interval" in text
        assert f'value="http://testserver{own}"' in text

    def test_compares_nothing_for_whoever_asked_to_be_shown(self, client):
        address = challenge(317.0, 911.0)
        client.post(
            "/simulations/tail_latency/predict/",
            {"offering": "tradeoffs", "prompt": QUESTION.name, "next": address, "show": "1"},
        )
        text = text_of(client.get(address))
        assert "nothing of yours to compare" in text
        assert "317 to 911 ms" in text

    def test_the_picture_for_other_sites_gives_nothing_away(self, client):
        page = client.get(challenge()).content.decode()
        assert re.search(r'og:image" content="http://testserver/pictures/[^"]*/question.png"', page)

    @pytest.mark.parametrize("spoil", ["", "x", "a" * 5_000, "%00", "../x"])
    def test_refuses_a_link_that_we_did_not_sign(self, client, spoil):
        address = challenge()
        response = client.get(f"{address[:-4]}{spoil}/" if spoil else f"{address[:-3]}/")
        assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}

    def test_refuses_a_link_signed_for_something_else(self, client):
        signed = signing.Signer(salt="another purpose").sign_object({"model": "tail_latency"})
        response = client.get(f"/challenges/{signed}/")
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "changed on its way" in response.content.decode()

    @pytest.mark.parametrize(
        "changes",
        [{"model": "tea_leaves"}, {"prompt": "no_such"}, {"low": 1e9}, {"state": "calls=3"}],
        ids=["model gone", "prompt gone", "axis changed", "setting changed"],
    )
    def test_says_so_where_the_question_is_no_longer_asked(self, client, changes):
        query = policy.read_state("tail_latency", QUESTION.parameters).query
        document = {"model": "tail_latency", "prompt": QUESTION.name, "state": query, "low": 20.0, "high": 30.0}
        signed = signing.Signer(salt="simulations.challenge").sign_object(document | changes, compress=True)
        response = client.get(f"/challenges/{signed}/")
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "link" in text_of(response)

    def test_is_offered_with_a_committed_interval(self, client):
        response = client.post(
            "/api/v1/predictions/",
            {"offering": "tradeoffs", "model": "tail_latency", "prompt": QUESTION.name, "low": 300, "high": 900},
            content_type="application/json",
        )
        assert client.get(response.json()["challenge_url"]).status_code == HTTPStatus.OK

    def test_is_not_offered_by_whoever_asked_to_be_shown(self, client):
        response = client.post(
            "/api/v1/predictions/",
            {"offering": "tradeoffs", "model": "tail_latency", "prompt": QUESTION.name},
            content_type="application/json",
        )
        assert response.json()["challenge_url"] is None


class TestEmbed:
    def test_any_site_may_frame_it_and_no_cookie_goes_with_it(self, client):
        client.cookies["sessionid"] = "x" * 32
        response = client.get("/embed/tail_latency/?calls=20")
        assert response.status_code == HTTPStatus.OK
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert "X-Frame-Options" not in response
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert ANSWER in text_of(response)

    def test_asks_the_database_nothing_whoever_looks(self, client, django_assert_num_queries):
        client.cookies["sessionid"] = "x" * 32
        with django_assert_num_queries(0):
            client.get("/embed/tail_latency/")

    @pytest.mark.parametrize("name", MODELS)
    def test_every_simulation_can_be_embedded_and_keeps_nothing(self, client, name):
        page = client.get(f"/embed/{name}/").content.decode()
        assert f'data-model="{name}"' in page
        assert "<form" not in page
        assert '"experiments": []' in page
        assert "csrf" not in page

    @pytest.mark.parametrize("address", ["/", "/simulations/", "/simulations/tail_latency/", "/pictures/"])
    def test_no_other_page_may_be_framed(self, client, address):
        response = client.get(address)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"

    def test_refuses_what_the_model_refuses(self, client):
        assert client.get("/embed/tail_latency/?calls=0").status_code == HTTPStatus.BAD_REQUEST
        assert client.get("/embed/tail_latency/?calls=1&calls=2").status_code == HTTPStatus.BAD_REQUEST
        assert client.get("/embed/tea_leaves/").status_code == HTTPStatus.NOT_FOUND


class TestOembed:
    def ask(self, client, url, **more):
        return client.get(f"/oembed/?{urlencode({'url': url, **more})}")

    def test_gives_a_frame_and_a_picture_that_are_there(self, client):
        document = self.ask(client, "http://testserver/simulations/tail_latency/?calls=5").json()
        assert document["type"] == "rich"
        assert document["version"] == "1.0"
        frame = unescape(re.search(r'src="([^"]+)"', document["html"])[1])
        assert frame.startswith("http://testserver/embed/tail_latency/?calls=5&")
        assert client.get(frame).status_code == HTTPStatus.OK
        assert client.get(document["thumbnail_url"])["Content-Type"] == "image/png"

    def test_is_found_from_the_page(self, client):
        page = client.get("/simulations/tail_latency/?calls=5").content.decode()
        link = unescape(re.search(r'type="application/json\+oembed"\s+href="([^"]+)"', page)[1])
        assert client.get(link).json()["title"] == MODELS["tail_latency"].title

    def test_fits_what_the_asker_has_room_for(self, client):
        url = "http://testserver/embed/tail_latency/"
        small = self.ask(client, url, maxwidth="400", maxheight="400").json()
        assert (small["width"], small["height"]) == (400, 400)
        for silly in ("0", "99999999999", "-5", "４", "wide"):
            document = self.ask(client, url, maxwidth=silly).json()
            assert 320 <= document["width"] <= 760

    @pytest.mark.parametrize(
        "url",
        [
            "http://elsewhere.example/simulations/tail_latency/",
            "https://testserver.elsewhere.example/simulations/tail_latency/",
            "http://testserver@elsewhere.example/simulations/tail_latency/",
            "ftp://testserver/simulations/tail_latency/",
            "javascript:alert(1)",
            "/simulations/tail_latency/",
            "http://testserver/admin/",
            "http://testserver/simulations/",
            "http://testserver/simulations/tea_leaves/",
            "http://[broken",
        ],
    )
    def test_knows_nothing_of_other_addresses(self, client, url):
        assert self.ask(client, url).status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(("url", "words"), [("", "yours has 0"), ("h" * 2_001, "yours has 2,001")])
    def test_refuses_no_address_and_one_without_end(self, client, url, words):
        response = self.ask(client, url)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert words in response.content.decode()

    def test_refuses_parameters_that_the_model_refuses(self, client):
        assert self.ask(client, "http://testserver/embed/tail_latency/?calls=0").status_code == HTTPStatus.BAD_REQUEST
        many = "&".join(f"p{number}=1" for number in range(60))
        assert self.ask(client, f"http://testserver/embed/tail_latency/?{many}").status_code == HTTPStatus.BAD_REQUEST

    def test_speaks_json_alone(self, client):
        url = "http://testserver/embed/tail_latency/"
        assert self.ask(client, url, format="xml").status_code == HTTPStatus.NOT_IMPLEMENTED
        assert self.ask(client, url, format="json").status_code == HTTPStatus.OK


class TestPictures:
    def state(self, client, **parameters):
        query = policy.read_state("tail_latency", parameters).query
        return client.get(f"/pictures/{selectors.PICTURE_VERSION}/tail_latency/state.png?{query}")

    @pytest.mark.parametrize("name", MODELS)
    def test_every_simulation_has_one_of_the_size_that_sites_want(self, client, name):
        query = policy.read_state(name, {}).query
        response = client.get(f"/pictures/{selectors.PICTURE_VERSION}/{name}/state.png?{query}")
        image = Image.open(io.BytesIO(response.content))
        assert image.size == (1200, 630)
        assert len(image.convert("RGB").getcolors(1200 * 630)) > 8
        assert len(response.content) < 100_000

    def test_of_another_state_is_another(self, client):
        assert self.state(client, calls=5).content != self.state(client, calls=20).content

    def test_may_be_kept_for_ever_and_is_drawn_once(self, client, monkeypatch):
        first = self.state(client, calls=6)
        assert first["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not first.cookies
        replace_model(monkeypatch, evaluate=lambda _: pytest.fail("computed again"))
        assert self.state(client, calls=6).content == first.content
        query = policy.read_state("tail_latency", {"calls": 8}).query
        etag = selectors.picture_tag(policy.read_state("tail_latency", {"calls": 8}).digest)
        unchanged = client.get(
            f"/pictures/{selectors.PICTURE_VERSION}/tail_latency/state.png?{query}", headers={"If-None-Match": etag}
        )
        assert unchanged.status_code == HTTPStatus.NOT_MODIFIED

    def test_leads_to_the_canonical_address(self, client):
        response = client.get(f"/pictures/{selectors.PICTURE_VERSION}/tail_latency/state.png?calls=20.0")
        assert response.status_code == HTTPStatus.PERMANENT_REDIRECT
        assert client.get(response["Location"]).status_code == HTTPStatus.OK

    def test_leads_from_an_earlier_drawing_to_the_present_one(self, client):
        for kind in ("state", "question"):
            response = client.get(f"/pictures/0.1/tail_latency/{kind}.png")
            assert response.status_code == HTTPStatus.FOUND
            assert client.get(response["Location"]).status_code == HTTPStatus.OK

    def test_refuses_a_state_that_takes_too_long_before_computing_it(self, client, monkeypatch):
        replace_model(
            monkeypatch,
            cost=lambda _: Cost(evaluate_ms=5_000.0, run_seconds=1.0, memory_mb=1.0),
            evaluate=lambda _: pytest.fail("computed although it is too costly"),
        )
        assert self.state(client, calls=9).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_of_a_question_computes_nothing(self, client, monkeypatch):
        replace_model(monkeypatch, evaluate=lambda _: pytest.fail("computed for a question"))
        response = client.get(f"/pictures/{selectors.PICTURE_VERSION}/tail_latency/question.png")
        assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"

    def test_a_page_that_asks_first_shows_the_question_and_a_shared_state_itself(self, client):
        assert "/question.png" in client.get("/simulations/tail_latency/").content.decode()
        shared = client.get("/simulations/tail_latency/?calls=20").content.decode()
        address = unescape(re.search(r'og:image" content="([^"]+)"', shared)[1])
        assert client.get(address).status_code == HTTPStatus.OK


class TestCatalogue:
    def names(self, client, **query):
        page = client.get(f"/simulations/?{urlencode(query)}").content.decode()
        return set(re.findall(r'href="/simulations/(\w+)/"', page)), page

    def test_shows_a_thumbnail_of_every_simulation(self, client):
        names, page = self.names(client)
        assert names == set(MODELS)
        assert page.count('class="chart thumbnail"') == len(MODELS)

    def test_finds_by_words_of_title_inputs_and_experiments_in_any_case(self, client):
        assert "tail_latency" in self.names(client, q="TAIL latency")[0]
        assert "tail_latency" in self.names(client, q="hedge")[0]
        assert self.names(client, q="tail stampede zebra")[0] == set()

    def test_filters_by_what_there_is_to_do(self, client):
        runnable = {name for name, model in MODELS.items() if model.sampler is not None}
        assert self.names(client, having="run")[0] == runnable
        assert self.names(client, having="no such thing")[0] == set(MODELS)

    def test_says_what_was_not_found_and_keeps_what_was_typed(self, client):
        _, page = self.names(client, q='<b>"zebra"')
        assert "No simulation has" in page
        assert "&lt;b&gt;&quot;zebra&quot;" in page
        assert "<b>" not in page.replace("<b>Held", "")

    def test_draws_thumbnails_once(self, client, monkeypatch):
        client.get("/simulations/")
        replace_model(monkeypatch, evaluate=lambda _: pytest.fail("drawn again"))
        assert client.get("/simulations/").status_code == HTTPStatus.OK
