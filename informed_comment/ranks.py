"""Who may do more than whom: nobody hands out, takes over or takes away what is beyond their own rights."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q


def permissions_of(user):
    """What an account is given, by itself and by its groups, also while it is switched off."""
    return Permission.objects.filter(Q(user=user) | Q(group__user=user))


def is_above(other, user):
    """Whether the account, switched on or off, may do anything that `user` may not."""
    if user.is_superuser or other.pk == user.pk:
        return False
    return (
        other.is_superuser or permissions_of(other).exclude(pk__in=permissions_of(user).values("pk")).exists()
    )


def groups_within(user):
    """The groups somebody may hand out: those that may do nothing beyond what they may themselves."""
    if user.is_superuser:
        return Group.objects.all()
    beyond = Group.permissions.through.objects.filter(group=OuterRef("pk")).exclude(
        permission__in=permissions_of(user).values("pk")
    )
    return Group.objects.exclude(Exists(beyond))
