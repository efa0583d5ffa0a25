"""How often one network may sign up. Counted in the cache, by the clock's hours.

The cache of one process counts for that process (set CACHE_URL to count for all). What must hold in any case,
the mails to one address and the sign-ups in all, is counted in the database (subscribing.sign_up).
"""

import time

from django.conf import settings
from django.core.cache import cache

HOUR = 3600


def network_may_sign_up(network):
    """Counts this sign-up; False once the network has used up its hour. An unknown network is not counted."""
    if not network:
        return True
    key = f"sign-ups:{network.replace('/', '-')}:{int(time.time()) // HOUR}"
    cache.add(key, 0, timeout=HOUR)
    try:
        return cache.incr(key) <= settings.SIGN_UPS_PER_NETWORK
    except ValueError:  # dropped between the two calls
        return True
