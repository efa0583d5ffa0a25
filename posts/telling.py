"""Mail to those on the staff whom a deed concerns: a row each, written with the deed, sent by the worker.

Never to whoever did it. Rows of one kind that wait together for somebody go out as one mail, so that a deed on many
posts fills nobody's mailbox.
"""

import logging
import smtplib

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list

from informed_comment import jobs
from informed_comment.envelopes import AUTOMATIC, domain, one_line, sender
from informed_comment.publication import current_publication
from posts.announcing import Way
from posts.models import Byline, Notice

logger = logging.getLogger(__name__)
IN_ONE_MAIL = 100
PERMANENT = 500  # RFC 5321 4.2.1: from here on, asking again is of no use


def name_of(user):
    """What a user is called among colleagues."""
    return (user.get_full_name() or user.get_username()) if user else "Somebody"


# Who is concerned


def writers(post):
    """The users who began the post or sign it."""
    signing = Byline.objects.filter(post=post).values("author__user")
    return get_user_model().objects.filter(Q(pk=post.created_by_id) | Q(pk__in=signing))


def editors():
    """The users who may publish."""
    return get_user_model().objects.with_perm("posts.publish_post")


def in_conversation(post):
    """Its writers, and whoever has said something about it and may still see it."""
    users = get_user_model().objects
    said = Q(pk__in=post.draft_comments.values("user")) | Q(
        pk__in=post.draft_comments.values("link__created_by")
    )
    may_see = Q(pk__in=users.with_perm("posts.change_any_post").values("pk"))
    return users.filter(Q(pk__in=writers(post).values("pk")) | said & may_see)


def reached(users, *, by=None):
    """Those of the users who get mail of what `by` does."""
    users = users.filter(is_active=True, is_staff=True).exclude(email="")
    return users.exclude(pk=by.pk) if by else users


# What happened


def tell(users, kind, post, *, event, by=None, who="", text=""):
    """Writes down that these users get mail of the event; whoever has been told of it is not told again."""
    users = list(reached(users, by=by).values_list("pk", flat=True))
    said = {"kind": kind, "post": post, "event": event, "who": (who or name_of(by))[:200], "text": text}
    Notice.objects.bulk_create(
        (Notice(user_id=pk, title=str(post), **said) for pk in users), ignore_conflicts=True
    )
    for pk in users:
        jobs.defer("posts.tasks.send_notices", queueing_lock=f"notices of user {pk}", user_id=pk)


def sent_to_review(post, *, by=None, who=""):
    tell(editors(), Notice.Kind.REVIEW, post, event=f"review-{post.pk}-{post.version}", by=by, who=who)


def sent_back(post, *, by=None, why=""):
    event = f"sent-back-{post.pk}-{post.version}"
    tell(in_conversation(post), Notice.Kind.SENT_BACK, post, event=event, by=by, text=why)


def scheduled(post, *, by=None):
    when = f"{timezone.localtime(post.published_at):%d %B %Y at %H:%M}"
    event = f"scheduled-{post.pk}-{post.version}"
    tell(writers(post), Notice.Kind.SCHEDULED, post, event=event, by=by, text=when)


def published(post, *, by=None):
    tell(writers(post), Notice.Kind.PUBLISHED, post, event=f"published-{post.pk}", by=by)


def withdrawn(post, *, by=None):
    tell(writers(post), Notice.Kind.WITHDRAWN, post, event=f"withdrawn-{post.pk}-{post.version}", by=by)


def commented(comment):
    tell(
        in_conversation(comment.post),
        Notice.Kind.COMMENT,
        comment.post,
        event=f"comment-{comment.pk}",
        by=comment.user,
        who=comment.name,
        text=comment.text,
    )


def mail_to_writers(post, *, by=None):
    """Such as "mail to Nadia and Omar"; nothing when nobody would get any."""
    names = [name_of(user) for user in reached(writers(post), by=by).order_by("pk")]
    return f"mail to {get_text_list(names, 'and')}" if names else ""


TO_WRITERS = Way(make=published, foretold=mail_to_writers)


# Sending


def send_to(user_id):
    """Sends a user what waits for them, each kind as one mail. Raises OSError when the mail server takes none now."""
    for kind in Notice.objects.waiting().filter(user=user_id).order_by("kind").values_list("kind").distinct():
        while send_kind(user_id, *kind):
            pass


@transaction.atomic
def send_kind(user_id, kind):
    """One mail with what waits of a kind; False when nothing did. Another worker's rows are left to it."""
    waiting = Notice.objects.waiting().filter(user=user_id, kind=kind).select_related("user")
    notices = list(waiting.select_for_update(skip_locked=True, of=("self",))[:IN_ONE_MAIL])
    if not notices:
        return False
    problem = deliver(notices[0].user, kind, notices)
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    rows.update(**({"problem": problem} if problem else {"sent_at": timezone.now()}))
    return True


def deliver(user, kind, notices):
    """Sends one mail; what keeps it from ever being sent, or nothing."""
    if not (user.email and user.is_active):
        return "There is no address to send it to any more."
    try:
        composed(user, kind, notices).send()
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code < PERMANENT for code, _ in refused.recipients.values()):
            raise
        problem = "The mail server refuses the address for good."
    except ValueError as error:
        problem = f"The mail could not be written: {error}"
    else:
        return ""
    logger.warning("User %s gets no mail about what happened to posts, for good. %s", user.pk, problem)
    return problem


def composed(user, kind, notices):
    """The mail: templates/posts/mail/<kind>/."""
    publication = current_publication()
    for notice in notices:
        notice.address = settings.SITE_URL + reverse("admin:posts_post_change", args=[notice.post_id])
    context = {"publication": publication, "site_url": settings.SITE_URL, "notices": notices, "user": user}
    folder, numbers = f"posts/mail/{kind}", f"{notices[0].pk}-{notices[-1].pk}"
    return EmailMessage(
        subject=one_line(render_to_string(f"{folder}/subject.txt", context))[:200],
        body=render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        from_email=sender(publication.title),
        to=[user.email],
        headers={"Message-ID": f"<notice-{numbers}@{domain()}>", **AUTOMATIC},
    )


def whose_mail_waits():
    """The users whom a job should serve; each minute, in case one came before its rows or gave up."""
    return list(Notice.objects.waiting().order_by().values_list("user", flat=True).distinct())
