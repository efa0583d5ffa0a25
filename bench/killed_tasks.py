"""Each task a worker knows, with what it is called with in `python -m bench killed_work`, and how its outcome is judged.

`tests/test_bench.py` holds that none is missing.
"""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench import killed_state

AT = {"timestamp": 1}
PERIODIC = [
    "informed_comment.tasks.remove_old_jobs",
    "informed_comment.tasks.forget_policy_reports",
    "informed_comment.tasks.forget_problems",
    "informed_comment.tasks.keep_watch",
    "informed_comment.tasks.forget_old_sign_ins",
    "informed_comment.tasks.ask_for_the_certificate",
    "posts.tasks.refresh_popular",
    "posts.tasks.add_up_reads",
    "posts.tasks.relate_newest",
    "posts.tasks.relate_the_rest",
    "posts.tasks.learn_words",
    "posts.tasks.apply_pending",
    "posts.tasks.tell_what_waits",
    "posts.tasks.thin_out",
    "posts.tasks.forget_what_was_told",
    "posts.tasks.forget_readers",
    "pages.tasks.keep_cards",
    "newsletter.expire_pending",
    "newsletter.settle_sections",
    "newsletter.keep_figures",
    "newsletter.count_mailings",
    "newsletter.keep_holds",
    "newsletter.remind_of_held",
    "newsletter.keep_sending",
    "newsletter.forget_the_unclear",
    "newsletter.keep_hours",
    "newsletter.keep_importing",
    "newsletter.clear_imports",
    "wordpress.keep_moving",
    "wordpress.clear_uploads",
]
WITHOUT = [
    "posts.tasks.apply_at_its_time",
    "posts.tasks.announce",
    "pages.tasks.draw_cards",
    "newsletter.deal_with_held",
]
NIGHTLY = "informed_comment.tasks.begin_backup"  # the process it begins, `python -m bench backup` kills
PACE = {"newsletter_pace"}  # of the provider, which is counted in moments
WATCHED = {"informed_comment_watchedlight"}  # says how long ago


class Kind:
    seconds = 0.05  # of its jobs, until it is known

    def __init__(self, *, around=contextlib.nullcontext, passes_over=frozenset(), **arguments):
        self.given, self.around, self.passes_over = arguments, around, passes_over

    def arguments(self):
        return self.given

    def differing(self, calm, other_calm, found):
        return killed_state.differing(calm, other_calm, found, passes_over=self.passes_over)


class Sending(Kind):
    """Whoever was being handed a mail when a sender died is unknown: mailed once or not at all. Everybody else got it once."""

    def differing(self, calm, other_calm, found):
        tables = found["tables"]
        ledger = tables["newsletter_delivery"]
        states = list(zip(ledger["subscriber_id"], ledger["state"], strict=True))
        mails = found["mails"]
        wrong = [f"{key} went out {times} times" for key, times in mails.items() if times > 1]
        times = killed_state.addressed(mails)
        wrong += [f"{to} got {subject} twice" for (to, subject), many in times.items() if many > 1]
        ended = {"sent", "unknown", "skipped", "failed"}
        as_undisturbed = calm["tables"]["newsletter_delivery"]["state"]
        wrong += [
            f"delivery of {who} is {state}"
            for (who, state), wanted in zip(states, as_undisturbed, strict=False)
            if state not in ended and state != wanted
        ]
        sent = sum(state == "sent" for _, state in states)
        unknown = sum(state == "unknown" for _, state in states)
        if not sent <= len(mails) <= sent + unknown:
            wrong.append(f"{len(mails)} mails, {sent} sent, {unknown} unknown")
        if len(states) != calm["tables"]["newsletter_delivery"][""]:
            wrong.append("deliveries are missing")
        return wrong


def kinds(state):
    """task → Kind; `state` names the rows of bench/killed_site.py."""
    found = {task: Kind(**AT) for task in PERIODIC} | {task: Kind() for task in WITHOUT}
    found["informed_comment.tasks.keep_watch"] = Kind(passes_over=WATCHED, **AT)
    found |= {
        "images.tasks.make_renditions": Kind(image_id=state["image"]),
        "images.tasks.remove_files": Kind(image_id=state["image"], names=state["files"]),
        "posts.tasks.relate": Kind(post_id=state["post"]),
        "posts.tasks.draw_card": Kind(post_id=state["post"]),
        "posts.tasks.look_at_links": Kind(host="elsewhere.example"),
        "posts.tasks.send_notices": Kind(user_id=state["user"]),
        "posts.tasks.do_bulk": Kind(bulk_id=state["bulk"]),
        "posts.tasks.refile": Kind(categories=[state["category"]], after=0),
        "posts.tasks.merge": Kind(merger_id=state["merger"]),
        "wordpress.move": Kind(move_id=state["move"], passes_over={"wordpress_move"}),
        "wordpress.keep_moving": Kind(passes_over={"wordpress_move"}, **AT),
        "wordpress.fetch_media": Kind(hosts=["old.example"], after=0, around=old_site),
        "newsletter.send_confirmation": Kind(event_id=state["event"]),
        "newsletter.send_link": Kind(subscriber_id=state["reader"], number=1),
        "newsletter.ask_new_address": Kind(change_id=state["change"]),
        "newsletter.tell_old_address": Kind(change_id=state["change"]),
        "newsletter.tell_sections_gone": Kind(subscriber_id=state["reader"]),
        "newsletter.tell_of_hold": Kind(hold_id=state["hold"], what="began"),
        "newsletter.send": Sending(mailing_id=state["mailing"], place=0),
        "newsletter.keep_sending": Sending(**AT),
        "newsletter.queue_alone": Sending(mailing_id=state["draft"]),
        "newsletter.keep_hours": Sending(**AT),
        "newsletter.read_bounces": Kind(around=lambda: mailbox(state), passes_over=PACE, **AT),
        "newsletter.do_import": Kind(batch_id=state["batch"]),
    }
    return found


def every_task():
    """The names of all that are killed, here or by the bench of backups."""
    named = [
        "image",
        "files",
        "post",
        "user",
        "bulk",
        "category",
        "merger",
        "move",
        "event",
        "reader",
        "change",
        "hold",
    ]
    named += ["mailing", "draft", "batch"]
    return {*kinds(dict.fromkeys(named)), NIGHTLY}


@contextlib.contextmanager
def old_site():
    """The old site, that gives a picture for each address."""
    from functools import partial

    from informed_comment import outward
    from tests.factories import make_picture
    from wordpress.fetching import course

    picture = make_picture(60, 40)

    class Old(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(picture)))
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, *args): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Old)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def find(host, port):
        if port == 443:
            raise ConnectionRefusedError
        return server.server_address if host == "old.example" else outward.whereabouts(host, port)

    course.Courier, before = partial(course.Courier, find=find), course.Courier
    try:
        yield
    finally:
        course.Courier = before
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def mailbox(state):
    """A mailbox with the reports of the site."""
    from django.conf import settings

    from tests.newsletter.postbox import ImapTalk, Postbox

    server = Postbox(*state["reports"]).served(ImapTalk)
    settings.BOUNCE_MAILBOX_URL = f"imap://us:pass@127.0.0.1:{server.server_address[1]}/INBOX"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
