"""Which mailings a subscriber got, and what came back: the newest on the subscriber's page, all of them on one of its own."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_safe

from informed_comment import keyset
from newsletter.messages import message_id
from newsletter.models import Bounce, Delivery, Subscriber

NEWEST, SHOWN = 10, 50
LIST = "newsletter/admin/ledger/_own_mail.html"


class OwnMail:
    """For the admin of subscribers."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.own_mail_page))
        return [path("<int:pk>/mail/", view, name="newsletter_subscriber_mail"), *super().get_urls()]

    @admin.display(description="mail")
    def own_mail(self, subscriber):
        found = with_bounces(subscriber.deliveries.order_by("-id")[: NEWEST + 1])
        return render_to_string(
            LIST, {"deliveries": found[:NEWEST], "subscriber": subscriber, "has_more": len(found) > NEWEST}
        )

    def own_mail_page(self, request, pk):
        if not (self.has_view_permission(request) and request.user.has_perm("newsletter.view_delivery")):
            raise PermissionDenied
        subscriber = get_object_or_404(Subscriber, pk=pk)
        found = keyset.page(subscriber.deliveries.all(), ["-id"], request.GET.get("p", ""), SHOWN)
        ids = [key for (key,) in found.rows]
        context = self.admin_site.each_context(request) | {
            "title": f"Mail to {subscriber}",
            "subtitle": None,
            "opts": self.opts,
            "subscriber": subscriber,
            "deliveries": with_bounces(Delivery.objects.filter(pk__in=ids).order_by("-id")),
            "before": found.previous,
            "after": found.next,
        }
        return TemplateResponse(request, "newsletter/admin/ledger/own_mail.html", context)


def with_bounces(deliveries):
    """Each with its mailing, what came back of it, and its Message-ID."""
    found = list(deliveries.select_related("mailing"))
    reports = {}
    for bounce in Bounce.objects.filter(delivery__in=[one.pk for one in found]).order_by("at"):
        reports.setdefault(bounce.delivery_id, []).append(bounce)
    for delivery in found:
        delivery.reports = reports.get(delivery.pk, [])
        delivery.message_id = message_id(delivery.mailing_id, delivery.pk)
    return found
