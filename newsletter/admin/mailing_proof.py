"""Sending a test of a mailing to one's own address, to the newsroom's saved ones, and to another."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from informed_comment import audit
from newsletter import addresses, composing, proofing, queueing
from newsletter.models import Mailing, MailingVariant, ProofAddress
from newsletter.queueing import Text

NO_ADDRESS = "Choose an address, or type one."
NOT_ONE = "“{typed}” is no e-mail address. Write it as name@example.org."
NOTHING = "Nothing is in it yet. Write a text, or leave a post in, then test it."
TOO_MANY = "Ten addresses are saved already. Take one away under Test addresses before you save another."
SESSION = "newsletter_proofs"


def urls(admin):
    @require_http_methods(["GET", "HEAD", "POST"])
    def screen(request, pk):
        mailing = get_object_or_404(Mailing, pk=pk)
        if not request.user.has_perm("newsletter.change_mailing"):
            raise PermissionDenied
        problem = perform(request, mailing) if request.method == "POST" else ""
        if request.method == "POST" and not problem:
            return HttpResponseRedirect(reverse("admin:newsletter_mailing_test", args=[pk]))
        return page(admin, request, mailing, problem)

    return [path("<int:pk>/test/", admin.admin_site.admin_view(screen), name="newsletter_mailing_test")]


def page(admin, request, mailing, problem):
    results = request.session.pop(SESSION, {}).get(str(mailing.pk), [])
    context = admin.admin_site.each_context(request) | {
        "title": f"Test: {mailing}",
        "subtitle": None,
        "opts": admin.opts,
        "mailing": mailing,
        "own": request.user.email,
        "saved": [row.email for row in ProofAddress.objects.all() if row.email != request.user.email],
        "chosen": request.POST.getlist("to") if problem else [request.user.email],
        "typed": request.POST.get("other", "") if problem else "",
        "may_save": request.user.has_perm("newsletter.add_proofaddress"),
        "problem": problem,
        "results": results,
    }
    return render(request, "newsletter/admin/mailing/test.html", context, status=400 if problem else 200)


def perform(request, mailing):
    """Sends the tests and keeps what became of them for the next page; what is wrong with the wish, or nothing."""
    known = {request.user.email, *ProofAddress.objects.values_list("email", flat=True)} - {""}
    wanted = [address for address in request.POST.getlist("to") if address in known]
    typed = request.POST.get("other", "").strip()
    if typed:
        try:
            wanted.append(addresses.parse(typed).email)
        except addresses.NotAnAddress:
            return NOT_ONE.format(typed=typed[:100])
    if not wanted:
        return NO_ADDRESS
    if typed and request.POST.get("save") and (problem := save(request, wanted[-1])):
        return problem
    text = text_of(mailing)
    if text is None or text.problem:
        return text.problem if text else NOTHING
    results = proofing.proof(mailing, text, list(dict.fromkeys(wanted)))
    request.session[SESSION] = {str(mailing.pk): results}
    told = "; ".join(f"{address}: {said}" for address, said in results)
    with transaction.atomic():
        audit.record(
            "mailing_tested",
            "Tests of a mailing went out.",
            request=request,
            about=str(mailing),
            mails=len(results),
        )
        LogEntry.objects.log_actions(request.user.pk, [mailing], CHANGE, f"Test. {told}")
    return ""


def save(request, address):
    if not request.user.has_perm("newsletter.add_proofaddress"):
        return ""
    if ProofAddress.objects.count() >= proofing.MOST:
        return TOO_MANY
    ProofAddress.objects.get_or_create(email=address, defaults={"added_by": request.user})
    return ""


def text_of(mailing):
    """What readers of all sections get, or would get now."""
    if mailing.state == Mailing.State.DRAFT:
        made, _ = composing.texts(mailing, queueing.choices_in_audience(mailing)[:1])
        return made.get((), next(iter(made.values()), None))
    row = MailingVariant.objects.filter(mailing=mailing).order_by("categories").first()
    return row and Text(row.subject, row.html, row.text, row.problem)
