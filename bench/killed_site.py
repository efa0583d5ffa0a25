"""A site that has something to do for every task of a worker: what `python -m bench killed_work` kills workers over."""

from datetime import timedelta

from bench import killed_kinds
from bench.killed import hours_ago


def fill():
    """Rows and files; the numbers that tasks are called with."""
    from django.conf import settings
    from django.db import connection

    settings.BOUNCE_ADDRESS = "bounces@example.org"
    state = of_the_newsletter() | of_posts() | of_an_old_site()
    of_the_past(state)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, attempts) "
            "SELECT 'default', 'gone', NULL, '{}', 'succeeded', 1 FROM generate_series(1, 200)"
        )
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'succeeded', now() FROM procrastinate_jobs"
        )
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '90 days'")
    return state


def of_posts():
    from images import renditions
    from images.models import Image
    from posts.models import OutgoingLink, Post
    from posts.models.outgoing import digest_of
    from tests.factories import make_category, make_image, make_page, make_post, make_reads

    post = killed_kinds.published()
    killed_kinds.pending_due()
    killed_kinds.related()
    filed, merged = killed_kinds.filed(), killed_kinds.tags()
    image, made = killed_kinds.picture(), make_image(width=500, height=300)
    renditions.make(Image(pk=made.pk))
    made.refresh_from_db()
    for number in range(8):
        read = make_post(published_at=hours_ago(number + 2), categories=[filed.leaf], tags=["water", "oil"])
        make_reads(read, 5 + number, at=hours_ago(number + 1), search=2)
    make_page()
    make_category("Elsewhere")
    for number in range(3):
        url = f"https://elsewhere.example/{number}"
        OutgoingLink.objects.create(url=url, digest=digest_of(url), host="elsewhere.example")
    Post.objects.update(social_card="")
    return {
        "post": post.pk,
        "image": image.pk,
        "files": [entry["name"] for entry in made.renditions],
        "user": killed_kinds.noticed().pk,
        "bulk": killed_kinds.many().pk,
        "category": filed.leaf.pk,
        "merger": merged.merger.pk,
    }


def of_the_newsletter():
    from newsletter import composing
    from newsletter.importing import course
    from newsletter.models import AddressChange, HeldSignUp, SignUpHold
    from tests.factories import make_mailing, make_post, make_subscriber, make_user
    from tests.newsletter.importing import received, worked
    from tests.newsletter.test_bounces import sample
    from tests.newsletter.test_digests import plan

    make_user(group="Administrator", email="administrator@example.org")
    plan("daily", on_since=hours_ago(3))
    make_post(published_at=hours_ago(1))
    readers = [make_subscriber(frequency="daily") for _ in range(12)]
    make_subscriber(frequency="daily", categories=[999_999])
    killed_kinds.never_confirmed()
    for _ in range(3):
        make_subscriber(
            state="pending", confirmed_at=None, asked_at=hours_ago(24 * 40), created_at=hours_ago(24 * 40)
        )
    event = killed_kinds.signed_up()
    change = AddressChange.objects.create(
        subscriber=readers[0], email="new@example.org", key="new@example.org", asked_at=hours_ago(1)
    )
    hold = SignUpHold.objects.create(domain="", seen=99, limit=9, began_at=hours_ago(50))
    for fate in ("waiting", "released", "dropped", "dropped"):
        wish = killed_kinds.signed_up()
        HeldSignUp.objects.filter(subscriber=wish.subscriber).update(fate=fate, at=hours_ago(40))
    mailing = make_mailing(subject="A letter")
    composing.queue(mailing, grace=0)
    draft = make_mailing(subject="By itself", is_automatic=True, send_at=hours_ago(1))
    deliveries = list(mailing.deliveries.order_by("pk")[:3])
    reports = [
        sample(name, one)
        for name, one in zip(("postfix_no_such_user", "gmail", "yahoo_complaint"), deliveries, strict=True)
    ]
    lines = [f"import{number}@example.org,subscribed,daily" for number in range(300)]
    batch = received("email,state,frequency\n" + "\n".join(lines))
    course.look(batch, frequency="daily", is_declared=True)
    course.begin(worked(batch), by="ada")
    old = received("email,state,frequency\nold@example.org,subscribed,daily\n", "old.csv")
    type(old).objects.filter(pk=old.pk).update(created_at=hours_ago(24 * 400))
    return {
        "event": event.pk,
        "reader": readers[1].pk,
        "change": change.pk,
        "hold": hold.pk,
        "mailing": mailing.pk,
        "draft": draft.pk,
        "batch": batch.pk,
        "reports": reports,
    }


def of_an_old_site():
    from tests.wordpress.parts import HEAD, item, upload
    from wordpress.models import Move
    from wordpress.moving import course, receiving

    def export(first):
        posts = [
            item(n, slug=f"s{n}", title=f"Old {n}", body=f"<p>Text {n}</p>") for n in range(first, first + 40)
        ]
        there = [
            upload(n + 500, url=f"https://old.example/wp-content/uploads/2010/05/a{n}.jpg")
            for n in range(first, first + 4)
        ]
        return (HEAD + "".join([*posts, *there]) + "</channel></rss>").encode()

    first = receiving.receive_upload([("first.xml", [export(1)])])
    course.start(first)
    while course.work(first.pk):
        pass
    move = receiving.receive_upload([("second.xml", [export(101)])])
    course.start(move)
    Move.objects.create(state="arriving", created_at=hours_ago(100))
    return {"move": move.pk}


def of_the_past(state):
    """What the deeds that forget are for, and what the watch tells of."""
    from django.utils import timezone

    from informed_comment.models import JobProblem, PolicyReport, StaffSession, WatchedLight
    from newsletter.models import Bounce
    from posts.models import ReadHour, ReadMinute, Revision
    from tests.factories import make_post

    post = make_post()
    for number in range(40):
        row = Revision.objects.create(
            post=post, version=number + 100, deed="save", state={"title": str(number)}
        )
        Revision.objects.filter(pk=row.pk).update(created_at=hours_ago(24 * 60) + timedelta(minutes=number))
    ReadMinute.objects.create(post=post, minute=hours_ago(5), source="direct", reads=1)
    ReadHour.objects.create(post=post, hour=hours_ago(24 * 70), reads=1)
    for number in range(20):
        PolicyReport.objects.create(
            rule="img-src", refused=f"{number}", source="", last_at=hours_ago(24 * 40)
        )
        JobProblem.objects.create(job=10**6 + number, said="gone", at=hours_ago(1))
        StaffSession.objects.create(session_key=f"k{number}", session_data="", expire_date=hours_ago(24 * 60))
    Bounce.objects.create(
        kind="unclear", source="mailbox", key=f"old {timezone.now()}", at=hours_ago(24 * 400)
    )
    WatchedLight.objects.create(
        name="A disk", state="bad", says="Full.", cure="Make room.", since=hours_ago(1), seen_at=hours_ago(0)
    )
