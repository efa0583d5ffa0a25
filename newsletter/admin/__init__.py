from newsletter.admin.consent import ConsentEventAdmin, SuppressionAdmin
from newsletter.admin.holds import BlockedDomainAdmin, HeldSignUpAdmin
from newsletter.admin.imports import ImportBatchAdmin
from newsletter.admin.mailings import MailingAdmin
from newsletter.admin.subscribers import SubscriberAdmin

__all__ = [
    "BlockedDomainAdmin",
    "ConsentEventAdmin",
    "HeldSignUpAdmin",
    "ImportBatchAdmin",
    "MailingAdmin",
    "SubscriberAdmin",
    "SuppressionAdmin",
]
