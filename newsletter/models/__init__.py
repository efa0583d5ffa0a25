from newsletter.models.bounce import Bounce
from newsletter.models.consent import ConsentEvent
from newsletter.models.delivery import Delivery, Pace
from newsletter.models.figures import DailyFigure, MailingFigures
from newsletter.models.holding import BlockedDomain, HeldSignUp, SignUpHold
from newsletter.models.imports import ImportBatch, ImportPiece, ImportRow
from newsletter.models.mailing import Mailing, MailingPost, MailingVariant
from newsletter.models.moving import MOVE_DAYS, AddressChange, FormerLink
from newsletter.models.plan import DigestPlan
from newsletter.models.proof_address import ProofAddress
from newsletter.models.subscriber import NO_SECTION, Subscriber
from newsletter.models.suppression import Suppression

__all__ = [
    "MOVE_DAYS",
    "NO_SECTION",
    "AddressChange",
    "BlockedDomain",
    "Bounce",
    "ConsentEvent",
    "DailyFigure",
    "Delivery",
    "DigestPlan",
    "FormerLink",
    "HeldSignUp",
    "ImportBatch",
    "ImportPiece",
    "ImportRow",
    "Mailing",
    "MailingFigures",
    "MailingPost",
    "MailingVariant",
    "Pace",
    "ProofAddress",
    "SignUpHold",
    "Subscriber",
    "Suppression",
]
