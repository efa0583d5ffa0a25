"""What the audit log is told of rights: Django's own signals are received, so that no save forgets it.

Whoever did it is the user of the request at hand; outside of one (a command, a shell) the site itself.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from informed_comment import audit
from informed_comment.signing_in import sessions
from informed_comment.signing_in.middleware import acting

RIGHTS = {
    "is_active": ("may sign in", "may not sign in any more"),
    "is_staff": ("belongs to the staff", "does not belong to the staff any more"),
    "is_superuser": ("may do everything", "may not do everything any more"),
}
WATCHED = (*RIGHTS, "password", "username")


def connect():
    User = get_user_model()
    pre_save.connect(note_before, sender=User)
    post_save.connect(tell_of_account, sender=User)
    post_delete.connect(tell_of_deletion, sender=User)
    m2m_changed.connect(tell_of_groups, sender=User.groups.through)
    m2m_changed.connect(tell_of_permissions, sender=User.user_permissions.through)
    m2m_changed.connect(tell_of_permissions, sender=Group.permissions.through)


def record(deed, said, about, **details):
    request = acting.get()
    audit.record(deed, said, request=request if hasattr(request, "user") else None, about=about, **details)


def note_before(sender, instance, raw, update_fields, **kwargs):
    """What it was; nothing for what is new, and no query for `last_login`, which every sign-in saves."""
    instance._was = None
    if raw or instance.pk is None or (update_fields is not None and not set(WATCHED) & set(update_fields)):
        return
    instance._was = sender.objects.filter(pk=instance.pk).values(*WATCHED).first()


def tell_of_account(sender, instance, created, raw, **kwargs):
    name, was = instance.get_username(), getattr(instance, "_was", None)
    if raw or (was is None and not created):
        return
    if created:
        rights = [has for right, (has, _) in RIGHTS.items() if getattr(instance, right)]
        record(
            "account_made", f"The account {name} was made; it {', '.join(rights) or 'may do nothing'}.", name
        )
        return
    for right, (has, has_not) in RIGHTS.items():
        if was[right] != getattr(instance, right):
            said = f"{name} {has if getattr(instance, right) else has_not}."
            record("rights_changed", said, name, right=right, has=getattr(instance, right))
    if was["username"] != name:
        record("account_renamed", f"The account {was['username']} is called {name} now.", name)
    if was["password"] != instance.password:
        tell_of_password(instance, was["password"])


def tell_of_password(user, before):
    if is_made_anew(user, before):
        return
    name = user.get_username()
    record("password_changed", f"The password of {name} was changed.", name)
    request = acting.get()
    own = sessions.row_key(request) if request is not None and request.user.pk == user.pk else None
    sessions.end(user, request=request, but=own, why="the password was changed")


def is_made_anew(user, before):
    """Signing in hashes an old password as passwords are hashed today; that is no new password."""
    if user._password is not None:
        return False
    try:
        was, today = identify_hasher(before), get_hasher()
    except ValueError:
        return False
    return was.algorithm != today.algorithm or today.must_update(before)


def tell_of_deletion(sender, instance, **kwargs):
    """Whoever deletes their own account is nobody any more when it is written down."""
    request, name = acting.get(), instance.get_username()
    is_own = request is not None and request.user.pk == instance.pk
    said = f"The account {name} was deleted{' by its owner' if is_own else ''}."
    audit.record("account_deleted", said, request=None if is_own else request, about=name)


def said_of(action, names):
    deed = {"post_add": "was given", "post_remove": "lost", "pre_clear": "lost"}[action]
    return f"{deed} {', '.join(names)}"


def tell_of_groups(sender, instance, action, reverse, model, pk_set, **kwargs):
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    users, groups = ([instance], model) if not reverse else (model, [instance])
    if reverse:
        users = model.objects.filter(pk__in=pk_set) if pk_set is not None else instance.user_set.all()
        names = [instance.name]
    else:
        rows = groups.objects.filter(pk__in=pk_set) if pk_set is not None else instance.groups.all()
        names = sorted(group.name for group in rows)
    if names:
        for user in users:
            name = user.get_username()
            record("rights_changed", f"{name} {said_of(action, [f'the group {n}' for n in names])}.", name)


def tell_of_permissions(sender, instance, action, reverse, model, pk_set, **kwargs):
    """Of a user or a group; from the permission's side (`reverse`), too."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if reverse:
        rows = model.objects.filter(pk__in=pk_set or ())
        names = [str(instance.codename)]
    else:
        field = instance.permissions if isinstance(instance, Group) else instance.user_permissions
        found = model.objects.filter(pk__in=pk_set) if pk_set is not None else field.all()
        rows, names = [instance], sorted(found.values_list("codename", flat=True))
    for row in rows if names else ():
        about = row.name if isinstance(row, Group) else row.get_username()
        what = "The group " if isinstance(row, Group) else ""
        record("rights_changed", f"{what}{about} {said_of(action, names)}.", about)
