from django.contrib.auth import get_user_model
from django.core.management import call_command


def test_the_first_user_is_made_once_and_only_the_hash_of_the_password_is_kept(db, capsys):
    call_command("create_first_user")
    password = capsys.readouterr().out.split()[3]
    editor = get_user_model().objects.get()
    assert editor.is_superuser
    assert editor.check_password(password)
    assert password not in editor.password

    call_command("create_first_user")
    assert capsys.readouterr().out == ""
    assert get_user_model().objects.count() == 1


def test_the_migrations_hold_all_that_the_models_say(db, capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out
