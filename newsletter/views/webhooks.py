"""Where providers tell of bounces and complaints: /newsletter/webhooks/PROVIDER/, read and checked by django-anymail.

An address exists once django-anymail is installed and NEWSLETTER_WEBHOOKS names the provider with its secret. We take the
events from its views directly; its signals stay silent.
"""

import functools
import logging

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from newsletter import webhooks

logger = logging.getLogger(__name__)

# The view, and what its secret is: a user and password of our own making in the address, or the provider's key for signing.
VIEWS = {
    "postmark": ("postmark.PostmarkTrackingWebhookView", "webhook_secret"),
    "mailgun": ("mailgun.MailgunTrackingWebhookView", "webhook_signing_key"),
    "brevo": ("brevo.BrevoTrackingWebhookView", "webhook_secret"),
    "ses": ("amazon_ses.AmazonSESTrackingWebhookView", "webhook_secret"),
    "mailjet": ("mailjet.MailjetTrackingWebhookView", "webhook_secret"),
    "sparkpost": ("sparkpost.SparkPostTrackingWebhookView", "webhook_secret"),
    "resend": ("resend.ResendTrackingWebhookView", "webhook_secret"),
    "mailersend": ("mailersend.MailerSendTrackingWebhookView", "signing_secret"),
    "mailtrap": ("mailtrap.MailtrapTrackingWebhookView", "webhook_secret"),
}


class Events:
    """Beside a view of django-anymail's: its checks and its reading, and our deed instead of its signal."""

    provider = ""

    def post(self, request):
        try:
            self.run_validators(request)
            events = self.parse_events(request)
        except SuspiciousOperation as error:
            logger.warning(
                "A report at the webhook of %s was refused, for it did not prove to come from there: %s",
                self.provider,
                error,
            )
            return HttpResponse("This is not from the provider.", status=403, content_type="text/plain")
        except Exception as error:  # whatever a body that is none of the provider's brings about
            logger.warning("A report at the webhook of %s cannot be read: %r", self.provider, error)
            return HttpResponse("This cannot be read.", status=400, content_type="text/plain")
        for event in events:
            webhooks.take(event, provider=self.provider)
        return HttpResponse("Noted.", content_type="text/plain")


@csrf_exempt
def webhook(request, provider):
    secret = settings.NEWSLETTER_WEBHOOKS.get(provider)
    view = view_of(provider, secret) if secret else None
    if view is None:
        raise Http404
    return view(request)


@functools.cache
def view_of(provider, secret):
    """django-anymail's view for the provider, with our secret; None when it is not there."""
    dotted, name = VIEWS.get(provider, ("", ""))
    try:
        theirs = import_string(f"anymail.webhooks.{dotted}")
    except ImportError:
        return None
    ours = type(theirs.__name__, (Events, theirs), {name: None, "provider": provider})
    return ours.as_view(**{name: secret})
