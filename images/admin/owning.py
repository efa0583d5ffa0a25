"""Whose a file is, and what a form says when there is no room for one."""

from images.room import NoRoom


class OwnUploads:
    """Authors may change what they put into the library themselves; editors, everything."""

    def may_change_all(self, request):
        return request.user.has_perm(f"images.delete_{self.opts.model_name}")

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None or self.may_change_all(request) or obj.created_by_id == request.user.pk
        )

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)


class SaysWhenFull:
    """Whether there is room shows only when a valid form is saved; it then comes back with the sentence at the file."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except NoRoom as refusal:
            request.no_room = refusal
            answer = super().changeform_view(request, *args, **kwargs)
            answer.status_code = 507
            return answer

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.no_room = getattr(request, "no_room", None)
        return form


class RoomForm:
    """A form of a file, beside SaysWhenFull."""

    no_room = None

    def clean(self):
        cleaned = super().clean()
        if self.no_room:
            self.add_error("file", self.no_room)
        return cleaned
