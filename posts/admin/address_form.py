"""The address of a post in its form: an editor who types one that is taken is told whose it is, and chooses."""

import copy

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from posts import permalinks, swapping
from posts.models import Post

BOTH = ("posts.publish_post", "posts.change_any_post")
SWAP, NUMBER = "swap", "number"
TAKEN = "“{title}” ({status}) has this address, {path}. Choose another, or one of these."
BUTTON = ' <button type="submit" class="deed" name="_deed" value="{}" formaction="?address={}">{}</button>'
TO_SWAP = "Swap the two addresses"
TO_NUMBER = "Use “{slug}”"
SWAPPED = " If you swap, links to either address open the other post from then on."


class AddressFields(forms.Form):
    """For the form of a post. `address` is what the editor chose for a taken address; the admin sets it on the class."""

    address = ""
    swaps_with = None

    def gives_an_address(self):
        return self.deed.name in ("publish", "publish_now") or self.instance.status == Post.Status.PUBLISHED

    def check_address(self):
        """A slug somebody typed is not changed unasked; one made of the title is numbered (`permalinks.give`)."""
        if not self.instance.slug or not self.gives_an_address() or "slug" in self.errors:
            return
        post = self.asked_for()
        had = Post.objects.filter(pk=post.pk).values_list("slug", "permalink").first() or ("", None)
        if had[1] and had[0] == post.slug:
            return
        owner = permalinks.owner_of_wanted(post)
        if owner is None:
            return
        may_swap = bool(had[1]) and self.deed.name != "keep_pending" and self.user.has_perms(BOTH)
        if self.address == SWAP and may_swap:
            self.swaps_with = owner
        elif self.address == NUMBER:
            self.instance.slug = self.cleaned_data["slug"] = permalinks.numbered(post)
        else:
            self.add_error("slug", self.choices(post, owner, may_swap))

    def asked_for(self):
        """The post with the slug and the date the deed would give it."""
        post = copy.copy(self.instance)
        if self.deed.name == "publish_now" or post.published_at is None:
            post.published_at = timezone.now()
        return post

    def choices(self, post, owner, may_swap):
        """The sentence at the field, and the buttons that send the form again with what was chosen."""
        status = owner.status_word[0].lower() + owner.status_word[1:]
        sentence = TAKEN.format(title=owner, status=status, path=owner.permalink)
        offers = [(SWAP, TO_SWAP)] * may_swap
        offers.append((NUMBER, TO_NUMBER.format(slug=permalinks.numbered(post))))
        buttons = [format_html(BUTTON, self.deed.name, choice, label) for choice, label in offers]
        return format_html("{}{}" + "{}" * len(buttons), sentence, SWAPPED * may_swap, *buttons)

    def swap(self, *, by):
        """Changes addresses with the other post, as chosen; the deed of the button follows."""
        if self.swaps_with:
            swapping.swap(self.instance, self.swaps_with, by=by)
