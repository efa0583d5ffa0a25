"""Composing and sending one mail of our own: subject, plain text and HTML from templates/newsletter/mail/<name>/."""

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from informed_comment.envelopes import AUTOMATIC, domain, one_line, sender
from informed_comment.publication import current_publication

inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def send_mail(name, to, context, *, message_id, headers=None):
    """Sends templates/newsletter/mail/<name>/ to one address.

    `message_id`, its own for every mail but the same when the mail is sent again, lets mailboxes drop a second
    copy.
    """
    publication = current_publication()
    context = {"publication": publication, "site_url": settings.SITE_URL, **context}
    folder = f"newsletter/mail/{name}"
    mail = EmailMultiAlternatives(
        subject=one_line(render_to_string(f"{folder}/subject.txt", context)),
        body=render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        from_email=sender(publication.title),
        to=[to],
        headers={"Message-ID": f"<{message_id}@{domain()}>", **AUTOMATIC, **(headers or {})},
    )
    mail.attach_alternative(inliner.inline(render_to_string(f"{folder}/body.html", context)), "text/html")
    mail.send()
