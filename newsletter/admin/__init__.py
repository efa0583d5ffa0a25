from newsletter.admin.bounces import BounceAdmin
from newsletter.admin.consent import ConsentEventAdmin, SuppressionAdmin
from newsletter.admin.figures import DailyFigureAdmin
from newsletter.admin.holds import BlockedDomainAdmin, HeldSignUpAdmin
from newsletter.admin.imports import ImportBatchAdmin
from newsletter.admin.mailings import MailingAdmin
from newsletter.admin.plans import DigestPlanAdmin, ProofAddressAdmin
from newsletter.admin.subscribers import SubscriberAdmin

__all__ = [
    "BlockedDomainAdmin",
    "BounceAdmin",
    "ConsentEventAdmin",
    "DailyFigureAdmin",
    "DigestPlanAdmin",
    "HeldSignUpAdmin",
    "ImportBatchAdmin",
    "MailingAdmin",
    "ProofAddressAdmin",
    "SubscriberAdmin",
    "SuppressionAdmin",
]
