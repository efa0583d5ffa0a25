"""Settings, read top to bottom. The environment comes in here and nowhere else.

Development (``DEBUG`` on, set by ``make run`` and by manage.py when no database is named) fills in what is
missing. Production (``DEBUG`` off) refuses to start without a database and a secret key.
"""

import json
import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP

from informed_comment import databases, headers, theme
from informed_comment.cdn import cdn
from informed_comment.mailers import mailer

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)


def required(name, cure):
    """The variable `name`, or a refusal to start that says how to mend it."""
    value = env(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {cure}")
    return value


def listed(name, default=()):
    """A comma-separated variable; blanks around the commas do not count."""
    return [part.strip() for part in env(name, default=",".join(default)).split(",") if part.strip()]


def levels(name):
    """{code: level} from JSON or from `code=level, code=level`."""
    value = env(name, default="").strip()
    try:
        pairs = json.loads(value) if value.startswith("{") else dict(part.split("=") for part in listed(name))
        return {str(code).strip(): str(level).strip() for code, level in pairs.items()}
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read. Write it as alt=block, category=off or as JSON."
        ) from error


# Who we are


def folders_own_key():
    """A random key that development keeps in its own folder: nobody who reaches the site can know it."""
    file = VAR_DIR / "secret-key"
    if not file.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (
            suppress(FileExistsError),
            open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new,
        ):
            new.write(get_random_secret_key())
    return file.read_text()


if DEBUG:
    SECRET_KEY = env("SECRET_KEY", default="") or folders_own_key()
else:
    SECRET_KEY = required(
        "SECRET_KEY", "Put 50 random characters or more into it and keep it between starts."
    )
    if len(SECRET_KEY) < 32:
        raise ImproperlyConfigured(
            "SECRET_KEY is too easy to guess. Put 50 random characters or more into it."
        )

SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")  # former ones, so that what they sealed can be read

SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", default=["*"] if DEBUG else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = listed(
    "CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL.startswith("https://") else []
)

# What the publication decides

PERMALINK_PATTERN = env("PERMALINK_PATTERN", default="/%year%/%monthnum%/%postname%.html")
TIME_ZONE = env("TIME_ZONE", default="America/New_York")
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True

# What the newsroom's first page shows: functions that return a panel (informed_comment/dashboard.py), in order

DASHBOARD_PANELS = [
    "informed_comment.signing_in.invitation.panel",
    "informed_comment.watching.status.panel",
    "informed_comment.purging.panel",
    "newsletter.dashboard.held_sign_ups",
    "wordpress.dashboard.moves",
    "posts.admin.dashboard.never_saved",
    "posts.admin.dashboard.my_drafts",
    "posts.admin.dashboard.needs_review",
    "posts.admin.dashboard.scheduled",
    "posts.admin.dashboard.just_published",
    "posts.admin.dashboard.right_now",
    "posts.admin.dashboard.most_read",
    "newsletter.dashboard.mailings",
    "newsletter.dashboard.new_subscribers",
]

# What tells an operator whether all is well: functions that return lights (informed_comment/watching/lights.py), in order

STATUS_LIGHTS = [
    "informed_comment.watching.of_work.worker",
    "informed_comment.watching.of_work.work",
    "informed_comment.watching.of_machines.database",
    "informed_comment.watching.of_database.lights",
    "informed_comment.watching.of_machines.disks",
    "informed_comment.watching.certificate.lights",
    "informed_comment.backups.lights.last_backup",
    "informed_comment.purging.lights",
    "posts.lights.overdue",
    "images.lights.sizes",
    "newsletter.lights.providers",
    "newsletter.lights.mailings",
    "newsletter.lights.digests",
    "newsletter.lights.people_and_mails",
    "wordpress.lights.moves",
    "informed_comment.reports.lights",
    "informed_comment.signing_in.lights.lights",
    "informed_comment.watching.of_machines.support",
    "informed_comment.watching.of_settings.settings_light",
]

# What is kept of people (informed_comment/persons/): each room's part, in the order in which it is shown and erased; and
# where erasures are written beside the database, so that a backup from before them can be brought up to date

PERSONAL_DATA = [
    "newsletter.personal.PART",
    "posts.personal.PART",
    "authors.personal.PART",
    "wordpress.personal.PART",
    "images.personal.PART",
    "pages.personal.PART",
    "informed_comment.persons.accounts.PART",
]
ERASURES_FILE = Path(env("ERASURES_FILE", default=str(VAR_DIR / "erasures.jsonl")))

# What Prometheus is told at /metrics beside what processes count: functions that return gauges (informed_comment/watching/
# metrics.py). Whoever brings METRICS_TOKEN may ask; where there is none, whoever asks from a private network without a proxy

METRICS = ["newsletter.metrics.measured"]
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# What other rooms show beside the text of a post, and their screens of a post (posts/admin/beside.py)

POST_PANELS = ["wordpress.admin.leftovers.panel"]
POST_SCREENS = ["wordpress.admin.leftovers"]

# What “Find” offers: functions that return hits (informed_comment/palette.py), in order

PALETTE_SOURCES = [
    "posts.admin.palette.deeds",
    "informed_comment.palette.screens",
    "posts.admin.palette.posts",
    "posts.admin.palette.categories",
    "authors.palette.authors",
    "posts.admin.palette.tags",
    "pages.palette.pages",
    "wordpress.palette.deeds",
    "informed_comment.watching.status.hits",
]

# What search engines are told of: functions that return parts of the sitemap as (path, last change)

SITEMAP_PARTS = ["posts.sitemaps.parts", "pages.sitemaps.parts"]

# Who knows whether an address of this site leads anywhere (informed_comment/answering.py)

ANSWERERS = ["posts.answering.answered", "pages.answering.answered", "newsletter.answering.answered"]

# Who knows where a file of an old site lies today, and what an old address meant: functions of a path (leading.py)

OLD_FILES = ["wordpress.old_files.today"]
OLD_ADDRESSES = ["posts.guessing.by_slug"]

# What the editor's link dialog finds beside posts: functions of the typed words that return rows (posts/admin/linking.py)

LINKABLE = ["pages.linking.found", "posts.admin.linking.named"]

# Checks before publishing (posts/checking/): how each is taken, "block", "warn" or "off", where not as usual. Written as
# JSON or as a list, `alt=block, category=off`. Links to other sites are looked up by the worker unless switched off.

PUBLISH_CHECKS = levels("PUBLISH_CHECKS")
CHECK_OUTGOING_LINKS = env.bool("CHECK_OUTGOING_LINKS", default=True)
# What goes out once a post is published and cannot be called back (posts/announcing.py): ways to announce it, and how
# long they are held back, in seconds, so that an editor can still change their mind

ANNOUNCEMENTS = ["posts.telling.TO_WRITERS", "newsletter.post_mailing.TO_SUBSCRIBERS"]
HOLD_SECONDS = env.int("HOLD_SECONDS", default=120)

# Which texts may hold pictures of the library (images/uses.py), and what brings a text up to date as an editor opens it

TEXTS_WITH_PICTURES = [
    "posts.Post.body",
    "posts.PendingChange.state__body",
    "pages.Page.body",
    "newsletter.Mailing.body",
]
TEXTS_OPENED_BY = ["images.standing.with_todays_sources"]

# What it is made of: apps in the order of their imports, leftmost first, then libraries

INSTALLED_APPS = [
    "demo",
    "wordpress",
    "newsletter",
    "pages",
    "posts",
    "authors",
    "images",
    "informed_comment",
    "django_prose_editor",
    "taggit",
    "procrastinate.contrib.django",
    "informed_comment.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
ROOT_URLCONF = "informed_comment.urls"
WSGI_APPLICATION = "informed_comment.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "informed_comment.watching.request_ids.NamesRequests",
    "informed_comment.door.KeepsFinalHeaders",
    "informed_comment.headers.SaysHeaders",
    "informed_comment.methods.OnlyKnownMethods",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "informed_comment.leading.OldAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "informed_comment.signing_in.middleware.StaffAuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "informed_comment.publication.publication",
                "pages.around.around_the_text",
            ],
        },
    },
]

# PostgreSQL. manage.py and the tests start the embedded server and set DATABASE_URL when it is not given. A pooler in
# transaction mode may stand at DATABASE_URL when DATABASE_DIRECT_URL names PostgreSQL itself; a replica answers readers. Count
# web processes × DATABASE_POOL_MAX, and twelve a worker, against PostgreSQL's max_connections.

DATABASE_URL = required("DATABASE_URL", f"Name the PostgreSQL to use: {databases.EXAMPLE}.")
DATABASE_DIRECT_URL = env("DATABASE_DIRECT_URL", default="")
DATABASES = databases.of_commands(DATABASE_URL, DATABASE_DIRECT_URL)
WEB_DATABASES = databases.of_web(  # put in their place by wsgi.py
    DATABASE_URL,
    env("DATABASE_REPLICA_URL", default=""),
    is_pooled_elsewhere=bool(DATABASE_DIRECT_URL),
    least=env.int("DATABASE_POOL_MIN", default=1),
    most=env.int("DATABASE_POOL_MAX", default=8),  # of one web process; 0: none, each thread keeps its own
    seconds=env.float("DATABASE_POOL_SECONDS", default=3),  # that a request waits for a free one
    longest=env.int("DATABASE_STATEMENT_SECONDS", default=30),  # that one question may take; 0: without end
)
# How many requests a web process works on at once, and how long those that need the database wait for one that is away

WEB_THREADS = env.int("WEB_THREADS", default=4)
DATABASE_WAIT_SECONDS = env.float("DATABASE_WAIT_SECONDS", default=15)
DATABASE_ROUTERS = ["informed_comment.replica.Router"]

# Redis or Valkey (redis://, rediss://, valkey://, valkeys://) lets processes and machines share finished pages; nothing rests on
# it. It is waited for CACHE_SECONDS at most.

CACHE_URL = env("CACHE_URL", default="locmemcache://")
CACHE_SECONDS = env.float("CACHE_SECONDS", default=0.1)
SHARED_CACHE_URL = ""
SHARED_SHELF = "informed_comment.shelves.Unshared"
if CACHE_URL.startswith(("redis", "valkey")):
    SHARED_CACHE_URL = f"redis{CACHE_URL.removeprefix('valkey')}" if CACHE_URL[0] == "v" else CACHE_URL
    SHARED_SHELF = "informed_comment.shared_shelf.SharedShelf"
    CACHES = {
        "default": {
            "BACKEND": "informed_comment.shared_cache.SurvivingCache",
            "LOCATION": SHARED_CACHE_URL,
            "KEY_PREFIX": "informed-comment",
            "OPTIONS": {
                "serializer": "informed_comment.shared_cache.Plainly",
                "socket_timeout": CACHE_SECONDS,
                "socket_connect_timeout": CACHE_SECONDS,
            },
        }
    }
else:
    CACHES = {"default": environ.Env.cache_url_config(CACHE_URL)}

# Editions and finished pages (informed_comment/edition_look.py, caching.py)

EDITION_LOOK_SECONDS = env.float("EDITION_LOOK_SECONDS", default=0.25)
EDITION_STALE_SECONDS = env.float(
    "EDITION_STALE_SECONDS", default=86400
)  # finished pages are served so long while the database is away
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_BYTES", default=64 * 1024 * 1024)
RELEASE = env("RELEASE", default="")
CDN = cdn(env("CDN_URL", default=""))  # cloudflare://TOKEN@ZONE or fastly://TOKEN@SERVICE

# Files

STATIC_URL = "/static/"
STATIC_ROOT = None if DEBUG else VAR_DIR / "static"  # development serves files from where they lie
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ADD_HEADERS_FUNCTION = headers.of_static_file
WHITENOISE_MAX_AGE = 31536000 if not DEBUG else 0
MEDIA_PATH = "/media/"  # where texts name files of the library
MEDIA_URL = env("MEDIA_PUBLIC_URL", default=MEDIA_PATH).rstrip("/") + "/"
MEDIA_ORIGINS = (
    [urljoin(MEDIA_URL, "/").rstrip("/")] if "://" in MEDIA_URL else []
)  # for what browsers may show
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_S3_BUCKET = env("MEDIA_S3_BUCKET", default="")


def media_storage():
    """The folder MEDIA_ROOT, or a bucket that every machine reaches (informed_comment/buckets.py)."""
    if not MEDIA_S3_BUCKET:
        return {"BACKEND": "informed_comment.files.WholeFileStorage"}
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "MEDIA_S3_BUCKET needs django-storages: install the project with its extra, informed-comment[many]."
        )
    options = {
        "bucket_name": MEDIA_S3_BUCKET,
        "location": env("MEDIA_S3_FOLDER", default=""),
        "endpoint_url": env("MEDIA_S3_ENDPOINT", default="") or None,
        "region_name": env("MEDIA_S3_REGION", default="") or "us-east-1",
        "access_key": env("MEDIA_S3_KEY", default="") or None,
        "secret_key": env("MEDIA_S3_SECRET", default="") or None,
    }
    return {"BACKEND": "informed_comment.buckets.Bucket", "OPTIONS": options}


STORAGES = {
    "default": media_storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "informed_comment.static.LeanStaticFilesStorage",
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755  # nginx reads them, whatever the umask
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "informed_comment.files.TemporaryFileHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
TEXT_MAX_BYTES = env.int(
    "TEXT_MAX_BYTES", default=6 * 1024 * 1024
)  # of one text; a form as a whole has the double
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=40 * 1024 * 1024)
LIBRARY_MAX_BYTES = env.int(
    "LIBRARY_MAX_BYTES", default=0
)  # of originals, pictures and documents; 0: no limit
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", default=60_000_000)
PICTURE_MAX_MEMORY = env.int(
    "PICTURE_MAX_MEMORY", default=800 * 1024 * 1024
)  # of the process that a large picture is read in, one at a time on a machine

# Backups (informed_comment/backups/). The worker makes one a night as soon as a folder or a bucket for them is named. They are
# encrypted for whoever has the keys of BACKUP_AGE_RECIPIENTS (age1…, of age-keygen), which need not and should not lie here.

BACKUP_DIR = env("BACKUP_DIR", default="")
BACKUP_AT = env("BACKUP_AT", default="03:10")  # hour and minute, in TIME_ZONE
BACKUP_KEEP = {  # the newest of so many days, weeks and months stay
    "days": env.int("BACKUP_KEEP_DAYS", default=7),
    "weeks": env.int("BACKUP_KEEP_WEEKS", default=5),
    "months": env.int("BACKUP_KEEP_MONTHS", default=12),
}
BACKUP_AGE_RECIPIENTS = listed("BACKUP_AGE_RECIPIENTS")
BACKUP_S3 = {
    "bucket": env("BACKUP_S3_BUCKET", default=""),
    "folder": env("BACKUP_S3_FOLDER", default=""),
    "endpoint": env("BACKUP_S3_ENDPOINT", default=""),
    "region": env("BACKUP_S3_REGION", default=""),
    "key": env("BACKUP_S3_KEY", default=""),
    "secret": env("BACKUP_S3_SECRET", default=""),
}
if BACKUP_S3["bucket"] and find_spec("boto3") is None:
    raise ImproperlyConfigured(
        "BACKUP_S3_BUCKET needs boto3: install the project with its extra, informed-comment[many]."
    )

# What rooms do after a restore, in its transaction: functions of the backup's moment that return sentences

AFTER_RESTORE = ["newsletter.restored.hold", "informed_comment.erasures.after_restore"]

# Migrations (management/commands/migrate.py): how long one waits for a table at a time, and how often it tries, with pauses,
# before it gives up without harm

MIGRATION_LOCK_SECONDS = env.float("MIGRATION_LOCK_SECONDS", default=1)
MIGRATION_TRIES = env.int("MIGRATION_TRIES", default=30)

# Moving in: how large an uploaded export may be, and the folder of the server whose exports may be imported without an
# upload. The worker has to see the same folder.

MOVE_FILE_MAX_BYTES = env.int("MOVE_FILE_MAX_BYTES", default=4 * 1024 * 1024 * 1024)
IMPORTS_DIR = Path(env("IMPORTS_DIR", default=str(VAR_DIR / "imports")))

# Mail. In development it is kept in files, which /mail/ shows.

MAIL_DIR = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="newsletter@localhost")
SERVER_EMAIL = env("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)
ADMINS = listed("ADMINS")

if env("MAIL_URL", default=""):
    MAILERS = {"default": mailer(env("MAIL_URL"))}
elif DEBUG:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_DIR)},
        }
    }
else:
    MAILERS = {"default": mailer("smtp://localhost:25")}

# Who carries the newsletter, in the order they are tried. A second one takes over when the first takes no mail.


def newsletter_providers():
    """NEWSLETTER_MAIL_URL and NEWSLETTER_MAIL_URL_2, or whatever carries our other mail."""
    found = []
    for place, ending in enumerate(("", "_2")):
        url = env(f"NEWSLETTER_MAIL_URL{ending}", default="")
        if url:
            MAILERS[f"newsletter{ending}"] = mailer(url)
        if url or place == 0:
            name = "first" if place == 0 else "second"
            pace = env.float(f"NEWSLETTER_PER_SECOND{ending}", default=0)
            found.append(
                {"name": name, "mailer": f"newsletter{ending}" if url else "default", "per_second": pace}
            )
    return found


NEWSLETTER_PROVIDERS = newsletter_providers()
NEWSLETTER_CONNECTIONS = env.int("NEWSLETTER_CONNECTIONS", default=2)  # to a provider, over all workers
BOUNCE_ADDRESS = env(
    "BOUNCE_ADDRESS", default=""
)  # bounces@example.org; mail to bounces+ANYTHING@ must reach it
NEWSLETTER_WEBHOOKS = dict(
    entry.split("=", 1) for entry in listed("NEWSLETTER_WEBHOOKS") if "=" in entry
)  # postmark=user:password, mailgun=SIGNING-KEY: who may tell of bounces at /newsletter/webhooks/PROVIDER/
BOUNCE_MAILBOX_URL = env(
    "BOUNCE_MAILBOX_URL", default=""
)  # imaps://user:password@host/INBOX, pop3s://… or maildir:///path; the worker empties it

# Newsletter. NEWSLETTER_KEY hashes suppressed addresses and must outlive SECRET_KEY; before changing either, put
# the former value into NEWSLETTER_KEY_FALLBACKS.

NEWSLETTER_KEY = env("NEWSLETTER_KEY", default="") or SECRET_KEY
NEWSLETTER_KEY_FALLBACKS = listed("NEWSLETTER_KEY_FALLBACKS")
SUBSCRIBER_FILE_MAX_BYTES = env.int("SUBSCRIBER_FILE_MAX_BYTES", default=500 * 1024 * 1024)
IMPORTS_KEPT_DAYS = env.int(
    "IMPORTS_KEPT_DAYS", default=30
)  # the rows of imported files; so long they can be undone
CONFIRMATIONS_PER_DAY = env.int("CONFIRMATIONS_PER_DAY", default=3)  # to one address
SIGN_UPS_PER_NETWORK = env.int("SIGN_UPS_PER_NETWORK", default=20)  # in an hour, from a /24 or /48
SIGN_UPS_PER_HOUR = env.int("SIGN_UPS_PER_HOUR", default=5000)  # in all; more are turned away

# More sign-ups in an hour than both of these are a burst and put sign-ups on hold (newsletter/holding.py).

SIGN_UPS_BURST = env.int("SIGN_UPS_BURST", default=50)  # in all
SIGN_UPS_PER_DOMAIN = env.int("SIGN_UPS_PER_DOMAIN", default=20)  # from one mail domain
SIGN_UPS_BURST_TIMES = env.int("SIGN_UPS_BURST_TIMES", default=10)  # times what is usual
RELEASED_PER_MINUTE = env.int("RELEASED_PER_MINUTE", default=60)  # mails to sign-ups that were held

# A form of the newsletter answers no sooner than this (seconds), so that the time tells nobody which address is known.

SIGN_UP_ANSWERS_AFTER = env.float("SIGN_UP_ANSWERS_AFTER", default=0.15)

# Readers. Reads are gathered in memory and written this often (seconds). TRUSTED_PROXIES counts the proxies that
# add to X-Forwarded-For.

READS_WRITTEN_EVERY = env.float("READS_WRITTEN_EVERY", default=1)
READS_PER_NETWORK = env.int("READS_PER_NETWORK", default=5000)  # in a day, of a /24 or /48
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# What one network may ask of one web process in a minute (informed_comment/allowances.py): searches that nobody has made since
# the last change, and addresses that lead nowhere.

SEARCHES_PER_NETWORK = env.int("SEARCHES_PER_NETWORK", default=60)
MISSES_PER_NETWORK = env.int("MISSES_PER_NETWORK", default=300)

# Signing in

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "informed_comment.signing_in.hashing.StaffHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"

# A second step beside the password (signing_in/): "required" of everybody on the staff, or "offered".

SECOND_STEP = env("SECOND_STEP", default="offered" if DEBUG else "required")
if SECOND_STEP not in ("required", "offered"):
    raise ImproperlyConfigured("SECOND_STEP is neither “required” nor “offered”. Write one of the two.")
SIGN_IN_ANSWERS_AFTER = env.float(
    "SIGN_IN_ANSWERS_AFTER", default=1
)  # seconds, where it refuses: the time tells nobody which names there are

# A session ends so long after its last use, and so long after it began. Deeds such as new passwords, second steps and
# rights ask anew who somebody is when the last time was longer ago than PROOF_MINUTES.

SESSION_ENGINE = "informed_comment.signing_in.sessions"
SESSION_COOKIE_AGE = round(env.float("SESSION_IDLE_HOURS", default=72) * 3600)
SESSION_MAX_DAYS = env.float("SESSION_MAX_DAYS", default=30)
PROOF_MINUTES = env.float("PROOF_MINUTES", default=15)
CSRF_FAILURE_VIEW = "informed_comment.views.form_expired"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURITY_CONTACT = env(
    "SECURITY_CONTACT", default=""
)  # where whoever finds a hole writes to, an address or a page; without it, the publication's own
SECURITY_POLICY_URL = env("SECURITY_POLICY_URL", default="")

# What browsers may do with our pages. The admin's own policy stands in informed_comment/admin_site.py, what every answer says
# besides in informed_comment/headers.py. Public pages hold no script that turns text into markup, and may not (Trusted Types).

IS_SECURE = SITE_URL.startswith("https://")
SECURE_CSP = headers.content_policy(
    {
        "script-src": [CSP.SELF, theme.SOURCE],
        "style-src": [CSP.SELF],
        "img-src": [CSP.SELF, "data:", *MEDIA_ORIGINS],
        "font-src": [CSP.SELF],
        "connect-src": [CSP.SELF],
        "media-src": [CSP.SELF, *MEDIA_ORIGINS],
        "manifest-src": [CSP.SELF],
        "frame-src": [  # the players of posts/embeds.py
            "https://www.youtube-nocookie.com",
            "https://player.vimeo.com",
            "https://w.soundcloud.com",
            "https://open.spotify.com",
            "https://embed.podcasts.apple.com",
            "https://archive.org",
            "https://www.tiktok.com",
            "https://embed.bsky.app",
        ],
        "form-action": [CSP.SELF],
        "frame-ancestors": [CSP.NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [CSP.NONE],
    },
    is_secure=IS_SECURE,
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if not DEBUG and SITE_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the proxy sends readers on
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# Libraries

TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = False
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# Errors go to a server that speaks Sentry's protocol, if one is named (informed_comment/watching/sentry.py)

SENTRY_DSN = env("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT", default="production")
if SENTRY_DSN and find_spec("sentry_sdk") is None:
    raise ImproperlyConfigured(
        "SENTRY_DSN needs sentry-sdk: install the project with its extra, informed-comment[sentry]."
    )

# Lines for programs, or for people at a terminal (informed_comment/watching/logs.py)

LOG_FORM = env("LOG_FORM", default="plain" if DEBUG else "json")
if LOG_FORM not in ("plain", "json"):
    raise ImproperlyConfigured("LOG_FORM can be json or plain.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "informed_comment.watching.logs.JsonLine"},
        "plain": {"()": "informed_comment.watching.logs.PlainLine"},
    },
    "filters": {
        "without_robots": {"()": "informed_comment.watching.logs.WithoutRobots"},
        "said_once_a_minute": {"()": "informed_comment.watching.logs.SaidOnceAMinute"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORM}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING").upper()},
    "loggers": {
        "django": {
            "handlers": []
        },  # Django would mail each error to ADMINS, and fail itself where no mail goes out
        "django.request": {"filters": ["without_robots"]},
        "psycopg.pool": {"filters": ["said_once_a_minute"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # robots trying names; no fault of ours
    },
}
os.environ.setdefault("PGAPPNAME", "informed_comment")
