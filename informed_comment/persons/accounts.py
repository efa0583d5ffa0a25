"""Accounts of the newsroom, the newsroom's own history, and what the frame keeps besides."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db.models import Q

from informed_comment.models import AuditEntry
from informed_comment.persons.parts import Choice, Found, Kept, Part, key_of_address, key_of_name
from informed_comment.persons.taking_out import said_without

TWO_YEARS = "two years"
STAFF = "an account is needed to sign in and to know who wrote and decided what"
WHILE = "as long as the account"
SESSION = "three days after its last use; 30 days at most"
NOBODY = "An erased person"
CHOICE = Choice(
    "account",
    "Close their account in the newsroom",
    "The account can no longer sign in and loses its name, address and groups. What they wrote stays. The account of "
    "somebody who may do everything is never closed from here.",
)
REGISTER = {
    "auth.User.username": Kept(STAFF, WHILE),
    "auth.User.first_name": Kept(STAFF, WHILE, "all of the staff"),
    "auth.User.last_name": Kept(STAFF, WHILE, "all of the staff"),
    "auth.User.email": Kept("mail about posts, and getting back in", WHILE),
    "auth.User.password": Kept("an Argon2 hash, to sign in", WHILE, "nobody"),
    "auth.User_groups.user": Kept("what the account may do", WHILE),
    "auth.User_user_permissions.user": Kept("what the account may do", WHILE),
    "admin.LogEntry.user": Kept("who changed what in the newsroom", WHILE, "all of the staff"),
    "admin.LogEntry.object_repr": Kept(
        "what was changed, by its name", "for good; an erased subscriber's address is taken out"
    ),
    "admin.LogEntry.change_message": Kept("what was changed about it", "for good"),
    "informed_comment.StaffSession.user": Kept(
        "where somebody is signed in, so that they can end it",
        SESSION,
        "the account itself and administrators",
        "informed_comment.signing_in.sessions.forget",
    ),
    "informed_comment.StaffSession.device": Kept("which browser that is", SESSION, "the same"),
    "informed_comment.StaffSession.network": Kept("the network it is in", SESSION, "the same"),
    "informed_comment.StaffSession.session_data": Kept(
        "the same, signed by us", SESSION, "nobody", "informed_comment.signing_in.sessions.forget"
    ),
    "informed_comment.SecondStep.user": Kept("whose second step it is", WHILE),
    "informed_comment.SecondStep.name": Kept("what the account calls it", WHILE),
    "informed_comment.RecoveryCode.user": Kept("whose recovery code it is", WHILE, "nobody"),
    "informed_comment.SignInLink.user": Kept(
        "whom an operator made it for", "two days", "nobody", "informed_comment.signing_in.links.forget"
    ),
    "informed_comment.AuditEntry.by": Kept("who did what has to be known afterwards", TWO_YEARS),
    "informed_comment.AuditEntry.name": Kept(
        "the name of that account", TWO_YEARS, enforced_by="informed_comment.audit.forget"
    ),
    "informed_comment.AuditEntry.address": Kept(
        "the network address it was done from", "90 days", enforced_by="informed_comment.audit.forget"
    ),
    "informed_comment.AuditEntry.said": Kept(
        "what was done, as a sentence", TWO_YEARS, enforced_by="informed_comment.audit.forget"
    ),
    "informed_comment.AuditEntry.about": Kept(
        "whom or what it was done to; of readers a keyed hash",
        TWO_YEARS,
        enforced_by="informed_comment.audit.forget",
    ),
    "informed_comment.AuditEntry.details": Kept(
        "numbers that belong to it", TWO_YEARS, enforced_by="informed_comment.audit.forget"
    ),
    "informed_comment.Publication.contact_email": Kept(
        "the publication's own address", "as long as it is one", "everybody"
    ),
    "informed_comment.Publication.postal_address": Kept(
        "the publication's own address", "as long as it is one", "everybody"
    ),
    "informed_comment.Erasure.fingerprint": Kept(
        "a keyed hash, so that a restored backup is erased again", "for good", "nobody"
    ),
    "informed_comment.Spent.name": Kept(
        "networks cut off, accounts, mail domains and keyed hashes, to count what was asked",
        "two days; mail domains two weeks",
        "nobody",
        "newsletter.limits.forget",
    ),
    "procrastinate.ProcrastinateJob.args": Kept(
        "numbers of rows that work waits for; no address",
        "three days after it is done",
        "nobody",
        "informed_comment.tasks.remove_old_jobs",
    ),
}
IMPERSONAL = {
    "informed_comment.AuditEntry": "names of deeds and requests",
    "informed_comment.BackupRun": "names of files",
    "informed_comment.JobProblem": "why a job failed, without anybody's address",
    "informed_comment.PolicyReport": "what a page of ours wanted to load and may not; no reader",
    "informed_comment.WatchedLight": "how the site stands",
    "informed_comment.CdnState": "what the CDN was told",
    "informed_comment.Erasure": "the name of a key, and what was chosen",
    "informed_comment.Publication": "what the publication says of itself",
    "informed_comment.Redirect": "addresses of this site",
    "informed_comment.RedirectPattern": "addresses of this site",
    "informed_comment.Gone": "addresses of this site",
    "admin.LogEntry": "numbers of rows",
    "auth.Group": "names of groups",
    "auth.Permission": "names of permissions",
    "contenttypes.ContentType": "names of models",
    "informed_comment.StaffSession": "a hash, and the word for a second step",
    "informed_comment.SecondStep": "sealed and public keys",
    "informed_comment.RecoveryCode": "a keyed hash",
    "informed_comment.SignInLink": "a keyed hash",
    "sessions.Session": "no rows: sessions are rows of informed_comment.StaffSession",
    "procrastinate.ProcrastinateJob": "names of tasks and queues",
    "procrastinate.ProcrastinateEvent": "states of jobs",
    "procrastinate.ProcrastinatePeriodicDefer": "names of tasks",
    "taggit.Tag": "no rows: posts have tags of their own",
}


def accounts_of(person):
    """Accounts by address, user name or full name."""
    users, found = get_user_model().objects.all(), []
    for kind, key in person.keys.items():
        if kind == "address":
            near = users.filter(Q(email__iexact=person.address.strip()) | Q(username__iexact=key))
            found += [
                user for user in near if key in (key_of_address(user.email), key_of_address(user.username))
            ]
        else:
            last = key.split()[-1]
            near = users.filter(
                Q(username__iexact=key) | Q(last_name__iendswith=last) | Q(first_name__iexact=key)
            )
            found += [
                user
                for user in near
                if key in (key_of_name(user.username), key_of_name(user.get_full_name()))
            ]
    return [user for user in {user.pk: user for user in found}.values() if person.is_before(user.date_joined)]


def history_of(person):
    """Lines of the newsroom's history that name the address."""
    if "address" not in person.keys:
        return LogEntry.objects.none()
    written = person.address.strip()
    return LogEntry.objects.filter(Q(object_repr__icontains=written) | Q(change_message__icontains=written))


def find(person):
    for user in accounts_of(person):
        stays = (
            "the mark of a superuser is taken away first" if user.is_superuser else "it is kept unless chosen"
        )
        yield Found(
            "Account in the newsroom",
            f"The account {user.get_username()}, made on {user.date_joined:%d %B %Y}.",
            {
                "user_name": user.get_username(),
                "name": user.get_full_name(),
                "email": user.email,
                "made_at": user.date_joined,
                "last_signed_in_at": user.last_login,
                "groups": [group.name for group in user.groups.all()],
                "audit_log": list(
                    AuditEntry.objects.filter(by=user).values("at", "deed", "said", "about", "address")
                ),
            },
            f"Closed and emptied where “{CHOICE.label}” is chosen: {stays}. Lines of the audit log keep the user name for "
            "two years, since who was let in has to be provable.",
            is_kept=True,
        )
    lines = history_of(person)
    if number := lines.count():
        yield Found(
            "History of the newsroom",
            f"Lines of the history of changes that name the address: {number}.",
            list(lines.values("action_time", "object_repr", "change_message")[:1000]),
            "The address is taken out of them; that something was changed, and by whom, stays.",
        )


def erase(person, *, choices, by):
    gone = []
    if number := blank_history(person):
        gone.append(f"The address was taken out of {number} lines of the newsroom's history.")
    if CHOICE.name in choices:
        for user in accounts_of(person):
            if not user.is_superuser and close(user):
                gone.append("The account in the newsroom was closed.")
    return gone


def blank_history(person):
    lines = list(history_of(person).select_for_update())
    for line in lines:
        line.object_repr = said_without(line.object_repr, person.address.strip())
        line.change_message = said_without(line.change_message, person.address.strip())
    LogEntry.objects.bulk_update(lines, ["object_repr", "change_message"], batch_size=500)
    return len(lines)


def close(user):
    """The account stays as a number, since texts and history point to it; whoever had it cannot sign in."""
    user.username, user.first_name, user.last_name, user.email = f"closed-{user.pk}", "", "", ""
    user.is_active = user.is_staff = False
    user.set_unusable_password()
    user.save()
    for rows in (user.second_steps, user.recovery_codes, user.sign_in_links, user.staff_sessions):
        rows.all().delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.staff_sessions.all().delete()
    user.second_steps.all().delete()
    return True


def known():
    users = get_user_model().objects.values_list("username", "email", "first_name", "last_name")
    for username, email, first, last in users.iterator():
        yield "name", username
        yield from [("name", f"{first} {last}".strip())] if first or last else ()
        for text in filter(None, (email, username)):
            yield "address", text
    for said in LogEntry.objects.filter(object_repr__contains="@").values_list("object_repr", flat=True):
        yield "address", said


PART = Part("Newsroom", REGISTER, IMPERSONAL, find, erase, known, (CHOICE,))
