"""`manage.py erase_person ADDRESS [--dry-run]`: erases a person from every room, and says what goes and what stays."""

from django.core.management.base import BaseCommand, CommandError

from informed_comment.persons.erasing import erase
from informed_comment.persons.parts import choices, found_of, person_of


class Command(BaseCommand):
    help = "Erases everything kept of a person, by e-mail address or name, but for what has to stay."

    def add_arguments(self, parser):
        parser.add_argument("address", help="an e-mail address, or a name in quotation marks")
        parser.add_argument("--dry-run", action="store_true", help="say what would go and what would stay")
        names = [choice.name for choice in choices()]
        parser.add_argument(
            "--also", action="append", default=[], choices=names, help="beside what always goes; repeatable"
        )

    def handle(self, *args, address, **options):
        person = person_of(address)
        if person.is_nobody:
            raise CommandError("Give an e-mail address, or a name in quotation marks.")
        if options["dry_run"]:
            return self.foretell(person)
        told = erase(person, choices=options["also"])
        for part, gone in told:
            for said in gone:
                self.stdout.write(f"{part}: {said}")
        if not told:
            self.stdout.write("Nothing was kept that could go.")
        return None

    def foretell(self, person):
        found = found_of(person)
        for part, rows in found:
            for one in rows:
                self.stdout.write(f"{part}: {one.said} {one.erasing}")
        if not found:
            self.stdout.write("Nothing is kept of this person.")
