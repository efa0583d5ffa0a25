from django.core.management.base import BaseCommand
from django.db import transaction

from demo import publication
from posts.models import Post


class Command(BaseCommand):
    help = "Fills an empty site with the demo publication; a site with a post is left as it is."

    def handle(self, *args, **options):
        with transaction.atomic():
            if Post.objects.exists():
                return
            posts = publication.create()
        self.stdout.write(f"Filled the site with the demo publication: {posts} posts.")
