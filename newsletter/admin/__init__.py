from newsletter.admin.consent import ConsentEventAdmin, SuppressionAdmin
from newsletter.admin.mailings import MailingAdmin
from newsletter.admin.subscribers import SubscriberAdmin

__all__ = ["ConsentEventAdmin", "MailingAdmin", "SubscriberAdmin", "SuppressionAdmin"]
