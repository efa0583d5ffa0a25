from newsletter.models.consent import ConsentEvent
from newsletter.models.subscriber import Subscriber
from newsletter.models.suppression import Suppression

__all__ = ["ConsentEvent", "Subscriber", "Suppression"]
