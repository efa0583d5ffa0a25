from django import forms
from django.contrib import admin

from images import documents, room
from images.admin.owning import OwnUploads, RoomForm, SaysWhenFull
from images.models import Document
from informed_comment.admin_site import EditorialAdmin


class DocumentForm(RoomForm, forms.ModelForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            documents.check(file)
        return file


@admin.register(Document)
class DocumentAdmin(SaysWhenFull, OwnUploads, EditorialAdmin):
    form = DocumentForm
    list_display = ["name", "mime_type", "credit", "licence", "created_at"]
    search_fields = ["title", "file", "credit"]
    search_help_text = "Search by title, file name or credit."
    list_filter = ["created_at"]
    fields = ["file", "title", "credit", "licence", "source_url"]

    def save_model(self, request, obj, form, change):
        if "file" in form.changed_data and obj.file:
            was, obj.size = obj.size, obj.file.size
            room.refuse_over_limit(obj.file.name, obj.size, instead_of=was)
        with room.or_say_so(obj.file.name):
            super().save_model(request, obj, form, change)

    def view_on_site(self, obj):
        return obj.file.url if obj.file else None

    @admin.display(description="Title", ordering="title")
    def name(self, document):
        return str(document)
