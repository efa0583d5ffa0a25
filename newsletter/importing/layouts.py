"""How other products lay out their files, recognised by the names of the columns, in any order, case and spelling."""

from dataclasses import dataclass, field

from newsletter.importing.words import COMMON, NO, YES, State, normal, words
from newsletter.models import Subscriber

Frequency = Subscriber.Frequency

ADDRESS = (
    "email emailaddress mail mailaddress subscriberemail"
    " emailadresse adresseemail adressemail courriel"  # German, French
    " correoelectronico direcciondecorreoelectronico indirizzoemail emailadres"  # Spanish, Italian, Dutch
    " enderecodeemail adresemail epost epostadresse sahkoposti"  # Portuguese, Polish, Scandinavian, Finnish
)
JOINED = (
    "createdat subscribedat signedupat signupdate dateadded creationdate subscriptiondate optintime joinedat"
)
CONFIRMED = "confirmtime confirmedat confirmationdate"
LEFT = "unsubscribedat unsubtime unsubscriptiondate unsubscribedate deletedat"
NETWORK = "confirmip optinip ipaddress ip subscriptionip"
STATE = (
    "state status subscriptionstatus globalstatus liststatus subscriptionstate subscribertype zustand statut"
)


def names(text):
    """The names of columns in a string, as they are compared."""
    return tuple(normal(name) for name in text.split())


@dataclass(frozen=True)
class Layout:
    """`needs`: sets of columns, each enough to recognise it. `states`: by column, what its words mean; of several
    columns the lowest counts. `hints`: the same, but other words say nothing. `always`: columns, and `in_name`: parts of
    the file's name, that make every row no better than a state.
    """

    name: str
    label: str
    needs: tuple = ()
    states: dict = field(default_factory=dict)
    hints: dict = field(default_factory=dict)
    always: dict = field(default_factory=dict)
    in_name: dict = field(default_factory=dict)
    address: tuple = names(ADDRESS)
    joined: tuple = names(JOINED)
    confirmed: tuple = names(CONFIRMED)
    left: tuple = names(LEFT)
    network: tuple = names(NETWORK)
    frequency: dict = field(default_factory=dict)
    is_defused: bool = False

    def fits(self, head):
        return any(set(names(need)) <= head for need in self.needs)


FREQUENCIES = {normal(value): value for value in Frequency.values} | {
    normal(label): value for value, label in Frequency.choices
}
FLAG = words(active=YES, unsubscribed=NO, pending="empty")
SUPPRESSIONS = Layout(
    "suppressions", "suppressed addresses of this program", needs=("addresshash keyname reason",)
)
ADDRESSES = Layout("addresses", "a list of addresses")
OTHER = Layout("other", "another program", states=dict.fromkeys(names(STATE), COMMON))
LAYOUTS = (
    SUPPRESSIONS,
    Layout(
        "own",
        "this program",
        needs=("email state frequency", "email state confirmedat unsubscribedat"),
        states={"state": COMMON},
        frequency={"frequency": FREQUENCIES},
        is_defused=True,
    ),
    Layout(
        "mailchimp",
        "Mailchimp",
        needs=("optintime confirmtime", "leid euid", "memberrating optintime"),
        hints={
            "unsubreason": words(
                complained="abuse spam complaint abuse_complaint marked_as_spam spam_complaint"
            )
        },
        always={"unsubtime": State.UNSUBSCRIBED, "cleantime": State.BOUNCED},
        in_name={
            "nonsubscribed": State.PENDING,
            "unsubscribed": State.UNSUBSCRIBED,
            "cleaned": State.BOUNCED,
        },
        joined=names("optintime confirmtime"),
        left=names("unsubtime cleantime"),
    ),
    Layout(
        "substack",
        "Substack",
        needs=("email emaildisabled", "email activesubscription"),
        states={"emaildisabled": words(active=f"{NO} empty", unsubscribed=YES)},
        frequency={"preferdigests": dict.fromkeys(names(YES), Frequency.WEEKLY)},
    ),
    Layout(
        "tinynews",
        "Tiny News",
        needs=("channelid status email", "dateadded lastmodified status email"),
        states={"status": COMMON | words(active="1 2", unsubscribed="0 3 4 5")},
        left=names("deletedat"),
    ),
    Layout(
        "beehiiv",
        "beehiiv",
        needs=("email status tier", "email status unsubscribedat createdat"),
        states={"status": COMMON | words(unsubscribed="inactive")},
        joined=names("createdat subscriptiondate subscriptiondatesubstack"),
    ),
    Layout("curated", "Curated", needs=("emailaddress subscribedat",)),
    Layout(
        "mailpoet",
        "MailPoet",
        needs=("email liststatus", "email globalstatus"),
        states=dict.fromkeys(names("liststatus globalstatus"), COMMON | words(pending="inactive")),
    ),
    Layout(
        "listmonk",
        "listmonk",
        needs=("email name attributes", "uuid email status"),
        states={"status": COMMON},
    ),
    Layout(
        "buttondown",
        "Buttondown",
        needs=(
            "email subscribertype",
            "email tags metadata",
            "email notes metadata",
            "emailaddress metadata tags",
        ),
        states=dict.fromkeys(names("status subscribertype type"), COMMON),
    ),
    Layout(
        "kit",
        "Kit",
        needs=("emailaddress state firstname", "subscriberid email status"),
        states=dict.fromkeys(names("state status"), COMMON | words(pending="inactive")),
    ),
    Layout(
        "steady",
        "Steady",
        needs=("email planname subscriptionstate",),
        states={
            "subscriptionstate": COMMON | words(active="in_trial trial guest", unsubscribed="not_renewing")
        },
    ),
    Layout(
        "ghost",
        "Ghost",
        needs=(
            "email subscribedtoemails",
            "email complimentaryplan",
            "email name note",
            "email labels createdat",
        ),
        states=dict.fromkeys(names("subscribedtoemails subscribed"), FLAG),
    ),
)
BY_NAME = {layout.name: layout for layout in (*LAYOUTS, ADDRESSES, OTHER)}


def recognised(head):
    """The layout of a file with these names of columns; None for one that somebody has to explain."""
    columns = {normal(name) for name in head}
    has_address = bool(columns & set(names(ADDRESS))) or SUPPRESSIONS.fits(columns)
    return next((layout for layout in LAYOUTS if has_address and layout.fits(columns)), None)


def guessed(head):
    """{meaning: number of the column} for a file of no known layout, where a name is telling."""
    normals = [normal(name) for name in head]
    known = {
        "address": ADDRESS,
        "state": STATE,
        "joined": JOINED,
        "confirmed": CONFIRMED,
        "left": LEFT,
        "network": NETWORK,
        "frequency": "frequency",
    }
    return {
        meaning: next(normals.index(name) for name in names(text) if name in normals)
        for meaning, text in known.items()
        if set(names(text)) & set(normals)
    }
