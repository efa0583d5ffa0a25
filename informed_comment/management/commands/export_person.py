"""`manage.py export_person ADDRESS FILE`: all that is kept of a person, as a zip."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment.persons.exporting import export
from informed_comment.persons.parts import found_of, person_of


class Command(BaseCommand):
    help = "Writes everything kept of a person, by e-mail address or name, as a zip for people and machines."

    def add_arguments(self, parser):
        parser.add_argument("address", help="an e-mail address, or a name in quotation marks")
        parser.add_argument("file", type=Path)

    def handle(self, *args, address, file, **options):
        person = person_of(address)
        if person.is_nobody:
            raise CommandError("Give an e-mail address, or a name in quotation marks.")
        found = found_of(person)
        unfinished = file.with_name(f"{file.name}.unfinished")
        try:
            unfinished.write_bytes(export(person))
            unfinished.rename(file)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{file} cannot be written: {error.strerror}. Name another file.") from error
        number = sum(len(rows) for _name, rows in found)
        self.stdout.write(f"{file}: {number} kinds of things, from {len(found)} rooms.")
