"""What belongs to a publication and goes out with it, file by file, and what does not and why.

Fields come from the models, so a new one goes out by itself. A model of ours has to stand in one of the two lists.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

from authors.models import Author, AuthorLink
from images.models import Document, Image
from informed_comment.models import Gone, Publication, Redirect, RedirectPattern
from newsletter import models as news
from pages.models import MenuLink, Page, Promo
from posts import models as posts
from wordpress.models import Imported, Leftover


@dataclass(frozen=True, slots=True)
class Kind:
    """`within` are rows that stand inside those of the kind: what they are called there → (model, its key to the row).

    `is_personal`: only goes out if asked for. `is_given`: the migrations make the rows, which those of an export replace.
    """

    name: str
    model: type[models.Model]
    order: tuple[str, ...] = ("pk",)
    within: dict[str, tuple[type[models.Model], str]] = field(default_factory=dict)
    is_personal: bool = False
    is_given: bool = False

    @property
    def file(self):
        return f"{self.name}.jsonl"


KINDS = (
    Kind("publication", Publication, is_given=True),
    Kind("images", Image),
    Kind("documents", Document),
    Kind("authors", Author, within={"links": (AuthorLink, "author")}),
    Kind("categories", posts.Category, order=("path",)),
    Kind("tags", posts.Tag, within={"former_names": (posts.FormerName, "tag")}),
    Kind(
        "posts",
        posts.Post,
        within={
            "bylines": (posts.Byline, "post"),
            "filings": (posts.Filing, "post"),
            "taggings": (posts.TaggedPost, "content_object"),
            "corrections": (posts.Correction, "post"),
            "announcement": (posts.Announcement, "post"),
            "pending_change": (posts.PendingChange, "post"),
            "draft_comments": (posts.DraftComment, "post"),
            "read_total": (posts.ReadTotal, "post"),
        },
    ),
    Kind("revisions", posts.Revision),
    Kind("readers_comments", posts.ReaderComment),
    Kind("read_hours", posts.ReadHour, order=("hour", "post_id")),
    Kind("read_days", posts.ReadDay, order=("day", "post_id")),
    Kind("reads_of_deleted_posts", posts.GoneDay),
    Kind("referring_sites", posts.ReferringHost),
    Kind("referrals", posts.Referral, order=("day", "post_id", "host_id")),
    Kind("popular_sidebar", posts.PopularSidebar, is_given=True),
    Kind("kept_off_popular", posts.KeptOffPopular),
    Kind("pages", Page, order=("path",)),
    Kind("menu", MenuLink),
    Kind("promos", Promo),
    Kind("front_places", posts.FrontSlot),
    Kind("front_sections", posts.FrontSection),
    Kind("redirects", Redirect),
    Kind("redirect_patterns", RedirectPattern),
    Kind("gone_addresses", Gone),
    Kind(
        "mailings",
        news.Mailing,
        within={
            "lines": (news.MailingPost, "mailing"),
            "variants": (news.MailingVariant, "mailing"),
            "figures": (news.MailingFigures, "mailing"),
        },
    ),
    Kind("digest_plans", news.DigestPlan, is_given=True),
    Kind("newsletter_figures", news.DailyFigure),
    Kind("blocked_domains", news.BlockedDomain),
    Kind("imported", Imported, within={"leftovers": (Leftover, "imported")}),
    Kind(
        "subscribers",
        news.Subscriber,
        within={
            "former_links": (news.FormerLink, "subscriber"),
            "address_change": (news.AddressChange, "subscriber"),
        },
        is_personal=True,
    ),
    Kind("consent_events", news.ConsentEvent, is_personal=True),
    Kind("suppressions", news.Suppression, is_personal=True),
    Kind("proof_addresses", news.ProofAddress, is_personal=True),
)

LEDGER = "belongs to the server that handed the mail over; a backup keeps it"
FOUND_AGAIN = "is worked out again from what goes out"
ACCOUNTS = "belongs to people's accounts, which stay where they are"
HISTORY = "is for undoing what was done in the newsroom here"
LEFT_OUT = {
    "informed_comment.AuditEntry": ACCOUNTS,
    "informed_comment.BackupRun": "tells of the backups of this one server",
    "informed_comment.StaffSession": ACCOUNTS,
    "informed_comment.SecondStep": ACCOUNTS,
    "informed_comment.RecoveryCode": ACCOUNTS,
    "informed_comment.SignInLink": ACCOUNTS,
    "informed_comment.CdnState": "tells what the CDN of this one site was last told",
    "informed_comment.Erasure": "tells a backup of this one site whom to erase again",
    "informed_comment.PolicyReport": "tells the operator of this one site what browsers refused here",
    "informed_comment.WatchedLight": "tells how this one server is doing",
    "informed_comment.JobProblem": "tells why work of this one server failed",
    "informed_comment.Edition": "counts what readers of this one site have seen change",
    "posts.SearchEntry": FOUND_AGAIN,
    "posts.KnownWord": FOUND_AGAIN,
    "posts.UntoldName": FOUND_AGAIN,
    "posts.PublishedDay": FOUND_AGAIN,
    "posts.CategoryYear": FOUND_AGAIN,
    "posts.AuthorYear": FOUND_AGAIN,
    "posts.TagYear": FOUND_AGAIN,
    "posts.PopularList": FOUND_AGAIN,
    "posts.SiteTally": FOUND_AGAIN,
    "posts.CategoryTally": FOUND_AGAIN,
    "posts.AuthorTally": FOUND_AGAIN,
    "posts.TagTally": FOUND_AGAIN,
    "posts.HostTally": FOUND_AGAIN,
    "posts.PostTally": FOUND_AGAIN,
    "posts.Statistics": "has no rows: the newsroom calls its screens so",
    "posts.DayToAdd": FOUND_AGAIN,
    "posts.ReadMinute": "tells of the last two hours here",
    "posts.ReadersKey": "tells readers apart for a day, and is then thrown away",
    "posts.ReadersOfDay": "tells readers apart for a day, and is then thrown away",
    "posts.NetworkOfDay": "tells readers apart for a day, and is then thrown away",
    "posts.NamesOfDay": "bounds what a day may add here",
    "posts.RelatedPosts": FOUND_AGAIN,
    "posts.OutgoingLink": FOUND_AGAIN,
    "posts.Autosave": ACCOUNTS,
    "posts.Presence": ACCOUNTS,
    "posts.Notice": ACCOUNTS,
    "posts.PreviewLink": "works only with the secret key of the site that gave it",
    "posts.BulkDeed": HISTORY,
    "posts.BulkRow": HISTORY,
    "posts.Merger": HISTORY,
    "posts.MergedPost": HISTORY,
    "newsletter.Delivery": LEDGER,
    "newsletter.Bounce": LEDGER,
    "newsletter.Pace": LEDGER,
    "informed_comment.Spent": "counts what was asked of this server lately",
    "newsletter.SignUpHold": "is a time in which this server keeps sign-ups back",
    "newsletter.HeldSignUp": "is a time in which this server keeps sign-ups back",
    "newsletter.ImportBatch": HISTORY,
    "newsletter.ImportPiece": HISTORY,
    "newsletter.ImportRow": HISTORY,
    "wordpress.Move": HISTORY,
    "wordpress.MovePiece": HISTORY,
    "wordpress.MoveLine": HISTORY,
    "wordpress.MoveKey": HISTORY,
    "wordpress.MoveLater": HISTORY,
}
FIELDS_LEFT_OUT = {
    "images.Image.renditions": FOUND_AGAIN,
    "informed_comment.Publication.social_card": FOUND_AGAIN,
    "posts.Post.social_card": FOUND_AGAIN,
    "posts.ReadDay.added": FOUND_AGAIN,
    "pages.Page.social_card": FOUND_AGAIN,
    "posts.Byline.published_at": FOUND_AGAIN,
    "posts.Filing.published_at": FOUND_AGAIN,
    "posts.TaggedPost.published_at": FOUND_AGAIN,
}


def kinds(*, with_subscribers):
    return [kind for kind in KINDS if with_subscribers or not kind.is_personal]


def exported_models():
    return {model for kind in KINDS for model in (kind.model, *(one for one, _key in kind.within.values()))}


def fields_of(model, *, but=""):
    """The fields that go out: columns that are stored, less links to accounts and to what stays here."""
    exported = exported_models()
    return [
        column
        for column in model._meta.concrete_fields
        if not column.generated
        and column.name != but
        and f"{model._meta.label}.{column.name}" not in FIELDS_LEFT_OUT
        and (not column.is_relation or column.related_model in exported)
    ]


def own_models():
    """Every model of this publication's own packages."""
    own = [app for app in apps.get_app_configs() if str(settings.BASE_DIR) == str(_parent(app.path))]
    return {model for app in own for model in app.get_models(include_auto_created=True)}


def _parent(path):
    return path.rpartition("/")[0]


def is_account(column):
    return column.is_relation and column.related_model is get_user_model()
