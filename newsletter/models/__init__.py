from newsletter.models.consent import ConsentEvent
from newsletter.models.delivery import Delivery, Pace
from newsletter.models.mailing import Mailing, MailingPost, MailingVariant
from newsletter.models.plan import DigestPlan
from newsletter.models.proof_address import ProofAddress
from newsletter.models.subscriber import Subscriber
from newsletter.models.suppression import Suppression

__all__ = [
    "ConsentEvent",
    "Delivery",
    "DigestPlan",
    "Mailing",
    "MailingPost",
    "MailingVariant",
    "Pace",
    "ProofAddress",
    "Subscriber",
    "Suppression",
]
