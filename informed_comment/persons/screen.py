"""The newsroom's screen of a person's data: look, take out, erase. Whom it is about is posted and stands in no address."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from informed_comment.persons.erasing import erase
from informed_comment.persons.exporting import export
from informed_comment.persons.parts import choices, found_of, person_of
from informed_comment.signing_in import proof

PAGE = "admin/persons/person.html"
NOT_THE_SAME = "This is not what you searched for. Type the same address or name again to erase it."
NOBODY = "Type an e-mail address, or a name as it stands in a byline or over a comment."
NOTHING = "Nothing was kept that could go."


class PersonForm(forms.Form):
    who = forms.CharField(label="E-mail address or name", max_length=254, error_messages={"required": NOBODY})

    def clean_who(self):
        person = person_of(self.cleaned_data["who"])
        if person.is_nobody:
            raise forms.ValidationError(NOBODY)
        self.person = person
        return str(person)


class ErasureForm(PersonForm):
    """`again` stands in the way of a slip: an erasure cannot be undone."""

    again = forms.CharField(label="Type it once more to erase it", max_length=254, required=False)
    also = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Also")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = choices()
        self.fields["also"].choices = [(one.name, one.label) for one in self.choices]

    def clean(self):
        super().clean()
        meant = getattr(self, "person", None)
        if meant and person_of(self.cleaned_data.get("again") or "").keys != meant.keys:
            self.add_error("again", NOT_THE_SAME)


class PersonsAdmin(admin.ModelAdmin):
    """One screen in place of a list: what is kept of the erasures themselves tells nobody anything."""

    def may_export(self, request):
        return request.user.has_perm("informed_comment.export_person")

    def may_erase(self, request):
        return request.user.has_perm("informed_comment.erase_person")

    def has_view_permission(self, request, obj=None):
        return (
            obj is None and request.user.is_active and (self.may_export(request) or self.may_erase(request))
        )

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return proof.freshly_proved(self.person)(request)

    def person(self, request):
        deed = request.POST.get("deed", "")
        if request.method != "POST":
            return self.page(request, PersonForm())
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.page(request, form)
        way = {"export": self.export, "erase": self.erase}.get(deed, self.look)
        return way(request, form)

    def look(self, request, form, erasing=None):
        erasing = erasing or ErasureForm(initial={"who": form.cleaned_data["who"]})
        return self.page(request, form, erasing=erasing, found=found_of(form.person), person=form.person)

    def export(self, request, form):
        if not self.may_export(request):
            raise PermissionDenied
        name = f"person-{timezone.localtime():%Y-%m-%d-%H%M}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        data = export(form.person, by=request.user, request=request)
        return HttpResponse(data, content_type="application/zip", headers=headers)

    def erase(self, request, form):
        if not self.may_erase(request):
            raise PermissionDenied
        erasing = ErasureForm(request.POST)
        if not erasing.is_valid():
            return self.look(request, form, erasing)
        chosen = erasing.cleaned_data["also"]
        told = erase(form.person, choices=chosen, by=request.user, request=request)
        for part, gone in told:
            messages.success(request, f"{part}: {' '.join(gone)}")
        if not told:
            messages.info(request, NOTHING)
        return self.look(request, form)

    def page(self, request, form, *, erasing=None, found=None, person=None):
        context = self.admin_site.each_context(request) | {
            "title": "A person's data",
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "erasing": erasing,
            "found": found,
            "person": person,
            "may_export": self.may_export(request),
            "may_erase": self.may_erase(request),
        }
        answer = TemplateResponse(request, PAGE, context)
        answer["Cache-Control"] = "no-store"
        return answer
