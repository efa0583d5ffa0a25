"""Files that an import did not find: which, why, and having them fetched from where the old site stood."""

from collections import Counter
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse

from informed_comment import jobs, keyset, workers
from wordpress.admin.following import NO_WORKER
from wordpress.admin.lines import csv_of
from wordpress.admin.noting import note
from wordpress.fetching import course, missing
from wordpress.fetching.courier import bare
from wordpress.fetching.deed import address_of, lacking
from wordpress.models import Imported

SHOWN = 50
LOOKED_AT = 2_000  # of those that lack their file, to name the hosts
COUNTED = 100_000
IMPORT = "wordpress.import_site"
AGREED = "Tick the hosts that files may be fetched from."


class HostsForm(forms.Form):
    """Where files may come from: nothing else is ever asked."""

    hosts = forms.MultipleChoiceField(
        label="Fetch them from",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": AGREED,
            "invalid_choice": "%(value)s holds none of the files. Choose again.",
        },
    )

    def __init__(self, hosts, *args):
        super().__init__(*args)
        self.fields["hosts"].choices = [(host, f"{host} ({count:,} files)") for host, count in hosts]


def hosts():
    """(host, how many) of the files that are missing, or of the first of them."""
    rows = lacking().select_related("image", "document").order_by("pk")[:LOOKED_AT]
    found = Counter(bare(urlsplit(address_of(row)).hostname or "") for row in rows)
    found.pop("", None)
    return found.most_common(20)


def page(modeladmin, request):
    form = HostsForm(hosts(), *([request.POST] if request.method == "POST" else []))
    if request.method == "POST":
        if not request.user.has_perm(IMPORT):
            raise PermissionDenied
        if form.is_valid():
            return fetch(request, form.cleaned_data["hosts"])
    found = keyset.page(lacking(), ["id"], request.GET.get("p", ""), SHOWN)
    rows = Imported.objects.filter(pk__in=[pk for (pk,) in found.rows]).order_by("pk")
    told = now()
    return modeladmin.page(
        request,
        "files",
        title="Files that are missing",
        form=form,
        now=told if told["state"] == "running" else None,
        count=keyset.count(lacking(), COUNTED),
        files=[
            (address_of(row), row.trouble, row.tried_at) for row in rows.select_related("image", "document")
        ],
        before=found.previous,
        after=found.next,
        may_fetch=request.user.has_perm(IMPORT),
    )


def fetch(request, chosen):
    if course.ask(chosen):
        note(
            request,
            "files_fetched",
            f"Began to fetch files from {', '.join(chosen)}.",
            "Files of the old site",
        )
    else:
        messages.info(request, "Files are being fetched already; nothing was begun again.")
    return HttpResponseRedirect(reverse("admin:wordpress_move_files"))


def now():
    """As following.now(): what changes while files are fetched."""
    is_running = jobs.is_under_way("wordpress.fetch_media")
    return {
        "state": "running" if is_running else "idle",
        "phase": "Files are being fetched from the old site, one after the other",
        "count": f"{keyset.count(lacking(), COUNTED)} still missing",
        "left": "",
        "trouble": NO_WORKER if is_running and not workers.is_at_work() else "",
        "done": 0,
        "total": 0,
    }


def now_as_json(modeladmin, request):
    return JsonResponse(now(), headers={"Cache-Control": "no-store"})


def as_csv(modeladmin, request):
    return csv_of(missing.rows_of_list(), "missing-files")
