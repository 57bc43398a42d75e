"""Addresses: pages for people, and the same as JSON for programs."""

from django.urls import include, path
from invoices import views

urlpatterns = [
    path("", views.home),
    path("accounts/", include("freehold.integrations.django.urls")),
    path("organizations/<organization>/invoices", views.page),
    path("api/organizations/<organization>/invoices", views.Invoices.as_view()),
    path("api/organizations/<organization>/total", views.total),
]
