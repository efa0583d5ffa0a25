"""A test of a mailing: the very message, by the very way its deliveries go, to an address of the newsroom's own.

It is no delivery, so no ledger has it. Its unsubscribe link belongs to nobody, and no two tests are the same message.
"""

import secrets
from dataclasses import replace
from uuid import UUID

from newsletter import carriers
from newsletter.addresses import NotAnAddress
from newsletter.messages import Letterhead
from newsletter.models import MailingVariant

MARK = "Test: "
NOBODY = str(UUID(int=0))
MOST = 10  # addresses at once


def proof(mailing, text, addresses):
    """[(address, what became of it, in a sentence)], each asked of the mail server before this returns."""
    variant = MailingVariant(mailing=mailing, **vars(replace(text, subject=f"{MARK}{text.subject}"[:200])))
    letterhead = Letterhead(mailing, variant)
    return [(address, send(letterhead, address)) for address in addresses[:MOST]]


def send(letterhead, address):
    """By the first provider that can be reached, as in sending."""
    problem = "No provider is named in NEWSLETTER_PROVIDERS."
    for provider in carriers.providers():
        carrier = provider.open()
        try:
            carrier.carry(letterhead, f"test-{secrets.token_hex(4)}", address, NOBODY)
        except carriers.Away as error:
            problem = f"Not sent: {provider.name} cannot be reached. {error}"
            continue
        except carriers.Refused as error:
            return f"Not sent: {provider.name} refused it. {error}"
        except carriers.Unclear as error:
            return f"Perhaps sent: {provider.name} gave no answer after the text. {error}"
        except NotAnAddress as error:
            return f"Not sent: {error}"
        finally:
            carrier.close()
        return f"Sent by {provider.name}, which has taken it."
    return problem
