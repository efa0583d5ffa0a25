"""Which social card a post has. The drawing: images/cards.py."""

from django.utils.text import get_text_list

from images import cards
from images.cards import Card
from informed_comment import jobs
from informed_comment.publication import current_publication
from posts.models import Post

KEPT_READY = 1000  # the newest posts without a picture; older ones show the publication's card
NAMED = 3  # authors


def of_post(post):
    """What the card of a post says; the post as a list or its own page fetches it."""
    section = post.filed_under[0].name if post.filed_under else ""
    names = [line.author.name for line in post.bylines.all() if line.role == line.Role.BY]
    shown = [*names[: NAMED - 1], "others"] if len(names) > NAMED else names
    return Card(str(post), section, f"By {get_text_list(shown, 'and')}" if shown else "")


def request(post):
    """Has the worker draw the card of a post that has no picture of its own."""
    if post.lead_image_id is None:
        jobs.defer("posts.tasks.draw_card", queueing_lock=f"card of post {post.pk}", post_id=post.pk)


def ready():
    """The posts whose cards are kept ready, coming ones among them."""
    posts = Post.objects.filter(status=Post.Status.PUBLISHED, lead_image=None)
    return posts.newest_first().for_cards()[:KEPT_READY]


def make(post_id):
    """Draws the card of a post, if it needs one."""
    post = Post.objects.filter(pk=post_id, lead_image=None).for_cards().first()
    return post is not None and cards.keep(post, of_post(post).of(current_publication()))


def request_missing():
    """Asks for what no deed asked for: after an import, or when an author, a section or the site got another name."""
    publication = current_publication()
    for post in ready():
        if post.social_card != of_post(post).of(publication).name:
            request(post)
