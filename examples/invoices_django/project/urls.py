"""Addresses: pages for people, and the same as JSON for programs."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from invoices import views

from freehold.integrations.django.forms import SignInForm

urlpatterns = [
    path("", views.home),
    path("sign-in", LoginView.as_view(authentication_form=SignInForm)),
    path("sign-out", LogoutView.as_view()),
    path("organizations/<organization>/invoices", views.page),
    path("api/organizations/<organization>/invoices", views.Invoices.as_view()),
    path("api/organizations/<organization>/total", views.total),
]
