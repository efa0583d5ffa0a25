"""Adding pictures: one a request for scripts, many in a form without them, and describing many at once."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from images import keeping, picking
from images.admin.form import ACCEPTED, Describing, ForAllForm
from images.models import Image
from images.room import NoRoom

AT_ONCE = 100  # pictures described in one form
REMEMBERED = ("alt", "caption", "credit")


def urls(image_admin):
    views = [
        ("upload/", upload, "upload"),
        ("add-many/", add_many, "add_many"),
        ("describe/", describe, "describe"),
        ("<int:image_id>/remember/", remember, "remember"),
    ]
    return [
        path(route, image_admin.admin_site.admin_view(bound(view, image_admin)), name=f"images_image_{name}")
        for route, view, name in views
    ]


def bound(view, image_admin):
    def asked(request, **kwargs):
        return view(request, image_admin=image_admin, **kwargs)

    return asked


def may_add(request):
    if not request.user.has_perm("images.add_image"):
        raise PermissionDenied("Only authors and editors add pictures to the library.")


@require_POST
def upload(request, *, image_admin):
    """Takes in one picture, `file`. JSON: the picture and whether it was there already, or why it is refused."""
    may_add(request)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"refusal": "No picture came with the request. Choose it again."}, status=400)
    try:
        image, is_new = keeping.take_in(file, by=request.user)
    except ValidationError as refusal:
        status = 507 if isinstance(refusal, NoRoom) else 422
        return JsonResponse({"refusal": " ".join(refusal.messages)}, status=status)
    answer = {"image": picking.described(image), "is_known": not is_new}
    return JsonResponse(answer, status=201 if is_new else 200)


@require_POST
def remember(request, *, image_admin, image_id):
    """Keeps what a text said of a picture that the library knew nothing of; what it knows already stays."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        raise Http404("The picture is no longer in the library.")
    if not image_admin.has_change_permission(request, image):
        raise PermissionDenied("Only editors describe the pictures of others.")
    is_silent = not image.alt and not image.is_decorative
    for name in REMEMBERED:
        room = Image._meta.get_field(name).max_length
        if not getattr(image, name):
            setattr(image, name, request.POST.get(name, "").strip()[:room])
    image.is_decorative = image.is_decorative or (
        is_silent and not image.alt and "is_decorative" in request.POST
    )
    keeping.save_image(image)
    return JsonResponse({"image": picking.described(image)})


@require_http_methods(["GET", "POST"])
def add_many(request, *, image_admin):
    """The page on which many are chosen; a script sends them one by one, a browser without sends them all."""
    may_add(request)
    results = [result_of(file, request.user) for file in request.FILES.getlist("files")]
    kept = list(dict.fromkeys(result["image"].pk for result in results if result["image"]))
    context = admin.site.each_context(request) | {
        "title": "Add many pictures",
        "subtitle": None,
        "opts": Image._meta,
        "results": results,
        "describing": address_for(kept) if kept else "",
        "accepted": ACCEPTED,
        "is_empty": request.method == "POST" and not results,
        "media": image_admin.media_for_adding(),
    }
    return TemplateResponse(request, "admin/images/image/add_many.html", context)


def result_of(file, user):
    """One file's fate: the picture and whether it was there already, or the sentence of refusal."""
    try:
        image, is_new = keeping.take_in(file, by=user)
    except ValidationError as refusal:
        return {"name": file.name, "image": None, "refusal": " ".join(refusal.messages)}
    return {"name": file.name, "image": image, "is_known": not is_new, "thumbnail": picking.thumbnail(image)}


def address_for(ids):
    return f"{reverse('admin:images_image_describe')}?ids={','.join(map(str, ids))}"


@require_http_methods(["GET", "POST"])
def describe(request, *, image_admin):
    """Many pictures in one form: `?ids=1,2,3`. Those of others stay out for whoever may not change them."""
    ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19]
    here, later = ids[:AT_ONCE], ids[AT_ONCE:]
    images = Image.objects.filter(pk__in=here)
    if not image_admin.may_change_all(request):
        images = images.filter(created_by=request.user)
    if not image_admin.has_change_permission(request):
        raise PermissionDenied("Only authors and editors describe pictures.")
    plain = {"label_suffix": ""}
    for_all = ForAllForm(request.POST or None, **plain)
    rows = Describing(request.POST or None, queryset=images.order_by("pk"), form_kwargs=plain)
    if request.method == "POST" and for_all.is_valid() and rows.is_valid():
        keep_described(rows, for_all)
        say_what_is_missing(request, [form.instance for form in rows])
        return HttpResponseRedirect(address_for(later) if later else reverse("admin:images_image_changelist"))
    context = admin.site.each_context(request) | {
        "title": "Describe pictures",
        "subtitle": None,
        "opts": Image._meta,
        "for_all": for_all,
        "rows": rows,
        "pictures": [(form, picking.thumbnail_url(form.instance)) for form in rows],
        "later": len(later),
        "errors": rows.total_error_count() + len(for_all.errors) if request.method == "POST" else 0,
        "media": image_admin.media_for_adding(),
    }
    return TemplateResponse(request, "admin/images/image/describe.html", context)


@transaction.atomic
def keep_described(rows, for_all):
    for form in rows:
        before = Image(**{name: getattr(form.instance, name) for name in for_all.fields})
        for_all.fill(form.instance)
        filled = any(getattr(before, name) != getattr(form.instance, name) for name in for_all.fields)
        if form.has_changed() or filled:
            keeping.save_image(form.instance)


def say_what_is_missing(request, images):
    silent = sum(not image.alt and not image.is_decorative for image in images)
    done = "1 picture is" if len(images) == 1 else f"{len(images)} pictures are"
    if silent:
        lack = "1 of them still lacks" if silent == 1 else f"{silent} of them still lack"
        messages.warning(request, f"{done} in the library. {lack} alternative text.")
    else:
        messages.success(request, f"{done} in the library and described.")
