"""What an export says of itself, in plain words."""

from wordpress.leaving.site.kinds import KINDS, LEFT_OUT

README_TEXT = """\
This folder is a whole publication, written by `manage.py export_site`.

Every file that ends in .jsonl is text in UTF-8. Each line is one thing (a post, an author, a picture) as a JSON
object. The names are those of the fields; moments are in ISO 8601 with their zone; texts that are HTML hold only
the elements a reader's browser shows, and no script. A number such as "lead_image": 12 is the "id" of a line in
another file, here images.jsonl. What belongs to one thing alone stands within it: a post has its bylines, filings
(the categories it is in), taggings, corrections and pending changes.

posts.jsonl             posts in every status; "permalink" is the address, "body" the text
revisions.jsonl         earlier states of the posts
readers_comments.jsonl  what readers said under posts
authors.jsonl, categories.jsonl, tags.jsonl, pages.jsonl
images.jsonl, documents.jsonl   what is known of each file; the files themselves lie under media/
media.jsonl             name, size and SHA-256 of every file under media/
redirects.jsonl, redirect_patterns.jsonl, gone_addresses.jsonl
                        old addresses, and where they lead
mailings.jsonl          what was mailed, with its posts; never to whom
read_hours.jsonl        how many readers opened a post, hour by hour
read_days.jsonl         the same day by day, and where they came from
reads_of_deleted_posts.jsonl
                        the same of posts that are there no more, for the site's own sums
referring_sites.jsonl   the sites readers came from
referrals.jsonl         how many readers a site sent to a post on a day
popular_sidebar.jsonl   which list of popular posts stands in the sidebar
kept_off_popular.jsonl  posts that are kept off those lists
menu.jsonl, promos.jsonl, front_places.jsonl, front_sections.jsonl, publication.jsonl, digest_plans.jsonl,
newsletter_figures.jsonl, blocked_domains.jsonl
imported.jsonl          what came in from older systems, and its number there
subscribers.jsonl, consent_events.jsonl, suppressions.jsonl, proof_addresses.jsonl
                        only with --with-subscribers. These are personal data: keep them as you keep the database

manifest.json lists every file with its size and SHA-256, how many lines it has, and what was left out and why.
Accounts and passwords are not in here: people get new ones.

`manage.py import_site FOLDER` puts all of this into an empty site and gives the same site again: the same ids,
addresses, dates and revisions. Suppressed addresses are kept as hashes under NEWSLETTER_KEY, so a site that is to
hold the subscribers needs the key of the site they come from.
"""


def about(*, with_subscribers):
    """Model → why it is not in this export."""
    personal = {
        kind.model._meta.label: "is personal data and was not asked for" for kind in KINDS if kind.is_personal
    }
    return LEFT_OUT | ({} if with_subscribers else personal)
