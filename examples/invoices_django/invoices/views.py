"""Invoices for people and for programs. Freehold says whose request it is, and what they may do."""

import json

from asgiref.sync import sync_to_async
from django import forms
from django.db import IntegrityError
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from freehold import PageRequest, Scope
from freehold.integrations.django import aacting, access, acting, in_organization
from invoices.models import Invoice


class InvoiceForm(forms.ModelForm):
    """What is sent to make an invoice."""

    class Meta:
        """The organization is that of the address, never one that was sent."""

        model = Invoice
        fields = ("number", "cents")


async def home(request: HttpRequest) -> HttpResponse:
    """Show the organizations of whoever is signed in."""
    platform = await aacting(request)
    organizations = []
    if platform.context.actor is not None:
        organizations = (await platform.organizations.list_of_user("me", PageRequest())).data
    return render(request, "invoices/home.html", {"organizations": organizations})


@access("invoice.read")
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the invoices of an organization, and take a new one from whoever may change things there."""
    may_add = scope.may("invoice.create")
    form = InvoiceForm(request.POST or None)
    if request.method == "POST":
        acting(request).access(scope.organization_id, "invoice.create")
        if form.is_valid() and _add(scope, form):
            return redirect(request.path)
    context = {"invoices": _invoices(scope), "form": form if may_add else None, "role": scope.role}
    return render(request, "invoices/page.html", context)


@method_decorator(csrf_exempt, name="dispatch")  # Freehold refuses changes by cookie from pages of other sites
class Invoices(View):
    """The invoices of an organization for programs."""

    @method_decorator(access("invoice.read"))
    def get(self, request: HttpRequest, scope: Scope) -> HttpResponse:
        """List them."""
        return JsonResponse({"data": [{"number": each.number, "cents": each.cents} for each in _invoices(scope)]})

    @method_decorator(access("invoice.create"))
    def post(self, request: HttpRequest, scope: Scope) -> HttpResponse:
        """Make one."""
        form = InvoiceForm(json.loads(request.body))
        if not form.is_valid() or not _add(scope, form):
            return JsonResponse({"errors": form.errors}, status=422)
        return JsonResponse({"number": form.instance.number, "cents": form.instance.cents}, status=201)


@access("invoice.read")
async def total(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Add them up."""
    return JsonResponse(await sync_to_async(_total)(scope))


def _total(scope: Scope) -> dict[str, int]:
    with in_organization(scope):
        return Invoice.objects.aggregate(cents=Sum("cents", default=0))


def _invoices(scope: Scope) -> list[Invoice]:
    with in_organization(scope):
        return list(Invoice.objects.all())


def _add(scope: Scope, form: InvoiceForm) -> bool:
    form.instance.organization_id = scope.organization_id
    form.instance.created_by = scope.context.actor_id
    try:
        with in_organization(scope):
            form.save()
    except IntegrityError:
        form.add_error("number", "This number is taken")
    return form.is_valid()
