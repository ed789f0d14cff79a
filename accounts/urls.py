"""The pages of this room; logging in, signing up and the like are allauth's, under the same prefix."""

from __future__ import annotations

from django.urls import path

from accounts import invitation_views, views

app_name = "accounts"
urlpatterns = [
    path("accounts/settings/", views.settings_page, name="settings"),
    path("accounts/settings/profile/", views.change_profile, name="profile"),
    path("accounts/settings/tokens/", views.issue_token, name="token-issue"),
    path("accounts/settings/tokens/<uuid:token_id>/revoke/", views.revoke_token, name="token-revoke"),
    path("accounts/settings/erase/", views.erase_login, name="erase"),
    path("accounts/cohorts/<uuid:cohort_id>/invitations/", invitation_views.invitations_page, name="invitations"),
    path("accounts/invitations/<uuid:invitation_id>/withdraw/", invitation_views.withdraw, name="invitation-withdraw"),
    path("accounts/invitations/<str:token>/", invitation_views.invitation_page, name="invitation"),
]
