"""The ledger in the Django admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from quizzes.models import Allowance, Assignment, Attempt, GradeEntry, Sitting, Step, Variant
from tests.factories.accounts import LoginFactory
from tests.factories.quizzes import AllowanceFactory, AssignmentFactory, SittingFactory
from tests.integration.quizzes.conftest import right

pytestmark = pytest.mark.django_db


class TestAdmin:
    @pytest.fixture
    def operator(self, client: Client) -> Client:
        client.force_login(LoginFactory(is_staff=True, is_superuser=True))
        return client

    @pytest.mark.parametrize("model", [Attempt, Variant, Step, GradeEntry])
    def test_shows_rows_and_writes_none(self, model: Any, operator: Client, open_attempt: Any, submit: Any) -> None:
        submit(open_attempt(), right)
        name = f"admin:quizzes_{model._meta.model_name}"
        row = model.objects.get()

        assert str(row.pk)[:8] in operator.get(reverse(f"{name}_changelist")).content.decode()
        assert operator.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert operator.get(reverse(f"{name}_add")).status_code == 403
        assert operator.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert operator.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403

    @pytest.mark.parametrize(
        ("model", "factory"),
        [(Assignment, AssignmentFactory), (Sitting, SittingFactory), (Allowance, AllowanceFactory)],
    )
    def test_shows_work_that_is_set_and_writes_none(self, model: Any, factory: Any, operator: Client) -> None:
        row = factory()
        name = f"admin:quizzes_{model._meta.model_name}"

        assert operator.get(reverse(f"{name}_changelist")).status_code == 200
        assert operator.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert operator.get(reverse(f"{name}_add")).status_code == 403

    def test_keeps_keys_to_itself(self, operator: Client, open_attempt: Any) -> None:
        open_attempt()
        variant = Variant.objects.get()

        page = operator.get(reverse("admin:quizzes_variant_change", args=[variant.pk])).content.decode()

        assert "tolerance" not in page
