"""Every field that may hold something of a person is named, with the time it is kept."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.module_loading import import_string

from informed_comment.persons.parts import parts, register
from newsletter.models import Subscriber

TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    models.FileField,
)


def may_hold_a_person(field):
    """Text of any kind but a word of a list, and links to accounts and subscribers."""
    if field.is_relation:
        return field.related_model in (get_user_model(), Subscriber)
    inner = getattr(field, "base_field", field)
    is_array = inner is not field and isinstance(inner, TEXT)
    return (is_array or isinstance(field, TEXT)) and not getattr(field, "choices", None)


def labels():
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.concrete_fields
        if may_hold_a_person(field) and not isinstance(field, models.GeneratedField)
    }


def impersonal():
    return {label for part in parts() for label in part.impersonal}


def test_every_field_that_may_hold_a_person_is_in_the_register():
    named, without = set(register()), impersonal()
    missing = [
        label
        for label in labels()
        if label not in named | without and label.rpartition(".")[0] not in without
    ]
    assert not missing, (
        "Name these in the register of the room's personal.py with the time they are kept, or their model among the "
        "impersonal: " + ", ".join(sorted(missing))
    )


def test_the_register_names_nothing_that_is_not_there():
    models_there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    assert set(register()) <= fields
    assert impersonal() <= models_there | fields


def test_no_field_of_people_is_taken_for_impersonal():
    """An e-mail or network address, or a link to a person, needs a line of its own, whatever is said of the model."""
    people = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, (models.EmailField, models.GenericIPAddressField))
        or (field.is_relation and field.related_model in (get_user_model(), Subscriber))
    ]
    assert len(people) > 20
    assert not set(people) - set(register())


def test_what_is_said_to_be_forgotten_has_a_function_that_forgets():
    named = {kept.enforced_by for kept in register().values() if kept.enforced_by}
    assert len(named) > 5
    assert all(callable(import_string(name)) for name in named)
