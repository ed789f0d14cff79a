"""The catalogue in the admin: every list opens, and nothing can be changed there."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from lessons.catalogue.models import Course, Enrolment, Event, Item, Offering, Revision
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import EventFactory

pytestmark = pytest.mark.django_db

MODELS = (Course, Enrolment, Event, Item, Offering, Revision)


class TestAdmin:
    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
    @pytest.mark.parametrize("events", [1, 8])
    def test_lists_rows_in_queries_that_do_not_grow(self, model, events, django_assert_max_num_queries):
        EventFactory.create_batch(events)
        request = RequestFactory().get("/")
        request.user = LoginFactory(is_staff=True, is_superuser=True)
        with django_assert_max_num_queries(8):
            page = admin.site.get_model_admin(model).changelist_view(request).render()
        assert page.status_code == 200
        assert b"field-" in page.content

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
    def test_changes_nothing(self, model):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        model_admin = admin.site.get_model_admin(model)
        assert not model_admin.has_add_permission(request)
        assert not model_admin.has_change_permission(request)
        assert not model_admin.has_delete_permission(request)
