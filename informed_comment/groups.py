"""The three groups of staff. Each app says in a migration what they may do with its rows."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

NAMES = ("Author", "Editor", "Administrator")
DEEDS = ("add", "change", "delete", "view")


def every(*models, deeds=DEEDS):
    """The codenames of all four permissions, or those named, for some models: `every("page", "promo")`."""
    return [f"{deed}_{model}" for model in models for deed in deeds]


def granted(app, **groups):
    """A migration operation: group name → codenames of permissions of `app`. The groups are made when missing."""
    unknown = set(groups) - set(NAMES)
    if unknown:
        raise ValueError(f"There is no group {', '.join(sorted(unknown))}: use {', '.join(NAMES)}.")

    def grant(apps, schema_editor):
        config = apps.get_app_config(app)
        had, config.models_module = (
            getattr(config, "models_module", None),
            True,
        )  # a historical app has none and would be skipped
        create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
        config.models_module = had
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
        for name, codenames in groups.items():
            found = list(Permission.objects.filter(content_type__app_label=app, codename__in=codenames))
            missing = set(codenames) - {permission.codename for permission in found}
            if missing:
                raise LookupError(f"{app} has no permission {', '.join(sorted(missing))}.")
            Group.objects.get_or_create(name=name)[0].permissions.add(*found)

    return migrations.RunPython(grant, migrations.RunPython.noop, elidable=False)
