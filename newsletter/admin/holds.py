"""Sign-ups on hold: what waits, by domain and by network; releasing or throwing away what matches a pattern."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from informed_comment import audit
from informed_comment.admin_site import EditorialAdmin
from newsletter import addresses, holding
from newsletter.admin.read_only import ReadOnly
from newsletter.models import BlockedDomain, HeldSignUp, SignUpHold

SHOWN = 20
SAMPLES = 10
Fate = HeldSignUp.Fate


class DecisionForm(forms.Form):
    """What is to be done with the sign-ups shown; `up_to` leaves those that came after the preview alone."""

    domain = forms.CharField(required=False, max_length=254)
    network = forms.CharField(required=False, max_length=50)
    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    fate = forms.ChoiceField(choices=[(Fate.RELEASED, "Release"), (Fate.DROPPED, "Throw away")])
    blocks = forms.BooleanField(required=False)

    @property
    def pattern(self):
        return holding.Pattern(self.cleaned_data["domain"], self.cleaned_data["network"])


@admin.register(HeldSignUp)
class HeldSignUpAdmin(ReadOnly, admin.ModelAdmin):
    """One screen in place of a list: what waits, and the decision."""

    def may_decide(self, request):
        return request.user.has_perm("newsletter.change_heldsignup")

    def get_urls(self):
        return [
            self.deed("decide/", self.decide, "decide"),
            self.deed("end/<int:pk>/", self.end, "end"),
            *super().get_urls(),
        ]

    def deed(self, address, do, name):
        def done(request, **which):
            if not self.may_decide(request):
                raise PermissionDenied
            return do(request, **which)

        view = self.admin_site.admin_view(require_POST(done))
        return path(address, view, name=f"newsletter_heldsignup_{name}")

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": "Sign-ups on hold",
            "opts": self.opts,
            "may_decide": self.may_decide(request),
            "holds": SignUpHold.objects.running().order_by("domain"),
            "past": SignUpHold.objects.exclude(ended_at=None)[:SHOWN],
            "waiting": HeldSignUp.objects.waiting().count(),
            "released": HeldSignUp.objects.filter(fate=Fate.RELEASED).count(),
            "groups": [
                ("domain", "By mail domain", holding.groups("domain", SHOWN)),
                ("network", "By network they came from", holding.groups("network", SHOWN)),
            ],
            "preview": self.preview(request),
        }
        return TemplateResponse(request, "admin/newsletter/heldsignup/change_list.html", context)

    def preview(self, request):
        """What a decision would concern, when a pattern was chosen."""
        if not {"domain", "network", "all"} & set(request.GET):
            return None
        pattern = holding.Pattern(request.GET.get("domain", ""), request.GET.get("network", ""))
        rows = pattern.rows()
        newest = list(rows.select_related("subscriber").order_by("-pk")[:SAMPLES])
        return {
            "pattern": pattern,
            "number": rows.count(),
            "samples": newest,
            "up_to": newest[0].pk if newest else 0,
        }

    def decide(self, request):
        form = DecisionForm(request.POST)
        if not form.is_valid():
            messages.error(
                request, "That could not be read. Choose again what is to be done, and with which."
            )
            return redirect("admin:newsletter_heldsignup_changelist")
        by, fate, pattern = request.user.get_username(), form.cleaned_data["fate"], form.pattern
        number = holding.decide(pattern, fate, by=by, up_to=form.cleaned_data["up_to"])
        if (
            form.cleaned_data["blocks"]
            and pattern.domain
            and request.user.has_perm("newsletter.add_blockeddomain")
        ):
            BlockedDomain.objects.get_or_create(
                domain=pattern.domain, defaults={"note": f"Blocked by {by} with sign-ups on hold"}
            )
        said = "will get their mail, some each minute" if fate == Fate.RELEASED else "are thrown away"
        self.log(request, f"{number:,} held sign-ups of {pattern.domain or pattern.network or 'all'} {said}.")
        messages.success(request, f"{number:,} sign-ups {said}.")
        return redirect("admin:newsletter_heldsignup_changelist")

    def end(self, request, pk):
        hold = get_object_or_404(SignUpHold, pk=pk)
        if holding.end(hold, by=request.user.get_username()):
            self.log(request, f"{hold}: the hold was ended.")
            messages.success(request, "The hold is over. For a day no new one begins by itself.")
        return redirect("admin:newsletter_heldsignup_changelist")

    @transaction.atomic
    def log(self, request, message):
        audit.record("held_sign_ups_decided", message, request=request, about="Sign-ups on hold")
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(HeldSignUp),
            object_repr="Sign-ups on hold",
            action_flag=CHANGE,
            change_message=message,
        )


class BlockedDomainForm(forms.ModelForm):
    def clean_domain(self):
        """As addresses have it: in small letters, in ASCII, without an @ or a dot before it."""
        text = self.cleaned_data["domain"].strip().lstrip("@.")
        try:
            return addresses.parse(f"somebody@{text}").domain
        except addresses.NotAnAddress as error:
            raise forms.ValidationError("Write a mail domain, such as example.org.") from error


@admin.register(BlockedDomain)
class BlockedDomainAdmin(EditorialAdmin):
    form = BlockedDomainForm
    is_short = True
    list_display = ["domain", "note", "created_at"]
    search_fields = ["domain", "note"]
