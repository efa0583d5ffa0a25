"""Preview links: letting somebody without an account see a post that is not out, and write it if they may.

The address carries a token, the signed number of the link's row. Nothing secret is stored, so the token can be shown
again; a link ends with its date, by being revoked, or with the post.
"""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from posts.models import Post, PreviewLink

DAYS, MOST_DAYS = 14, 90
WRITTEN_BY_GUESTS = (Post.Status.DRAFT, Post.Status.IN_REVIEW)
APPROVED = ("title", "standfirst", "body")


class LinkIsVoid(Exception):
    """The link leads nowhere: its token is not ours, or it was revoked, or is over, or the post is thrown away."""

    def __init__(self, link=None):
        self.link = link
        super().__init__("The preview link leads nowhere.")


def signer():
    return Signer(salt="posts.previewing", sep=".")


def make_link(post, *, label, days=DAYS, may_write=False, by=None):
    """A link for `label`, good for so many days."""
    return PreviewLink.objects.create(
        post=post,
        label=" ".join(label.split())[:100],
        may_write=may_write,
        expires_at=timezone.now() + timedelta(days=min(max(days, 1), MOST_DAYS)),
        created_by=by,
    )


def revoke(link):
    """From now on the link leads nowhere; done twice, the first time counts."""
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def token_of(link):
    return signer().sign(str(link.pk))


def link_of(token):
    """The working link behind a token, with its post. Raises LinkIsVoid."""
    try:
        number = int(signer().unsign(token))
    except (BadSignature, ValueError):
        raise LinkIsVoid from None
    links = PreviewLink.objects.select_related("created_by", "post__pending")
    link = links.filter(pk=number).first()
    if link is None or not link.is_working or link.post.status == Post.Status.TRASHED:
        raise LinkIsVoid(link)
    return link


def note_opening(link):
    """The one thing that opening a link changes."""
    PreviewLink.objects.filter(pk=link.pk).update(opened_at=timezone.now())


def is_out(post):
    """Readers see the post, and nothing else waits to take its place: there is nothing left to preview."""
    return post.is_public and not hasattr(post, "pending")


# Approval


def may_approve(link):
    """A guest author says of a text of the editors' that it may come out so; not of their own, nor of one that is out."""
    post = link.post
    if not link.may_write or hasattr(post, "pending") or post.is_public:
        return False
    last = post.revisions.first()
    is_own = last is not None and last.guest == link.label
    return not is_own and link.approved_version != post.version


@transaction.atomic
def approve(link, *, version):
    """Notes that the guest author approves the post at the version they read; False when it is another by now."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=link.post_id)
    if post.version != version:
        return False
    link.approved_at, link.approved_version = timezone.now(), version
    link.save(update_fields=["approved_at", "approved_version"])
    return True


def is_as_approved(link, post):
    """Whether the post still says what the guest author approved."""
    if link.approved_version == post.version:
        return True
    then = post.revisions.filter(version__lte=link.approved_version).first()
    return then is not None and all(then.state[name] == getattr(post, name) for name in APPROVED)
