"""The part of a post's form that notices what others have saved, and helps to merge it."""

from django import forms
from django.utils import timezone

from posts.admin import conflict
from posts.models import PendingChange, Post
from posts.states import state_of

STALE = (
    "{who} saved this post {when}, while you were writing. Nothing is lost: your text stands in the form, theirs is kept "
    "as a revision. {taken}{status}Look at what differs, take what you need, and save again."
)
TAKEN = "What you had not touched is in the form as they left it: {names}. "
STATUS = "The post is now: {status}. "
THEIRS_NOW = "Theirs is in the form now: {label}. Nothing is saved yet."
ALL_TAKEN = " There is nothing left in which the two differ."


class Merging(forms.Form):
    """`conflict` is set when somebody else has saved; the form is then refused and shown with both versions."""

    conflict = None

    def put(self, name, value):
        """Changes what the form shows."""
        self.data = as_writable(self.data)
        self.data[name] = value

    def check_version(self):
        """Locks the row and compares versions; the deed's own UPDATE checks again."""
        theirs = Post.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
        seen = self.cleaned_data.get("seen_version")
        if "_take" in self.data:
            self.take(theirs, self.data["_take"])
        elif seen == theirs.version:
            self.instance.version = theirs.version
        else:
            base = (
                theirs.revisions.filter(version=seen).values_list("state", flat=True).first()
                if seen
                else None
            )
            self.show_conflict(state_of(theirs), said(theirs, base), base=base)
        self.seen(theirs)

    def seen(self, theirs):
        if str(self.data.get("seen_version", "")) != str(theirs.version):
            self.put("seen_version", str(theirs.version))

    def show_conflict(self, theirs, sentence, *, base=None):
        """Refuses the form with a sentence and shows where the other state differs from what it holds."""
        self.data = as_writable(self.data)
        mine, unclean = conflict.typed(self)
        self.conflict = conflict.Conflict(
            mine, conflict.comparable(theirs), conflict.comparable(base), unclean=unclean
        )
        self.conflict.settle(self.data)
        self.forget_errors(self.conflict.taken)
        names = ", ".join(self.conflict.labels_taken)
        self.add_error(None, sentence.replace("{taken}", TAKEN.format(names=names) if names else ""))

    def show_pending_conflict(self, change, sentence):
        """Against somebody's pending changes; what they were before is kept nowhere, so all is to be decided."""
        self.show_conflict(change.state, sentence)
        self.conflict.is_pending = True

    def take(self, theirs, name):
        """Puts their version of one field into the form, and shows the form again, saving nothing."""
        state = state_of(theirs)
        if self.data.get("merge_pending"):
            change = PendingChange.objects.filter(post=theirs).first()
            state = change.state if change else state
        if name not in (*conflict.COMPARED, "body") or name not in state:
            self.add_error(None, "There is nothing of that name to take. Nothing is saved yet.")
            return
        self.data = as_writable(self.data)
        conflict.write(self.data, name, state[name])
        self.forget_errors([name])
        mine, unclean = conflict.typed(self)
        self.conflict = conflict.Conflict(
            conflict.comparable(mine | {name: state[name]}),
            conflict.comparable(state),
            is_settled=True,
            is_pending=bool(self.data.get("merge_pending")),
            unclean=unclean - {name},
        )
        self.add_error(
            None, THEIRS_NOW.format(label=conflict.LABELS[name]) + ALL_TAKEN * self.conflict.is_over
        )

    def forget_errors(self, names):
        """Of fields that hold something else now."""
        for name in names:
            self.errors.pop(name.removesuffix("_id"), None)


def as_writable(data):
    """The same data, or a copy of what may only be read. The form and its rows share theirs (posts/admin/post.py)."""
    return data if getattr(data, "_mutable", True) else data.copy()


def said(theirs, base):
    last = theirs.revisions.defer("state").select_related("created_by").first()
    who = last.who if last and (last.created_by or last.guest) else "Somebody"
    when = f"at {timezone.localtime(theirs.updated_at):%H:%M on %d %B}"
    is_moved = base and base.get("status") != theirs.status
    status = STATUS.format(status=theirs.status_word) if is_moved else ""
    return STALE.format(who=who, when=when, taken="{taken}", status=status)
