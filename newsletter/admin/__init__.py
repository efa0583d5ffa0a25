from newsletter.admin.consent import ConsentEventAdmin, SuppressionAdmin
from newsletter.admin.subscribers import SubscriberAdmin

__all__ = ["ConsentEventAdmin", "SubscriberAdmin", "SuppressionAdmin"]
