"""What stands around every text: the menu, the promos by place, the popular posts. Read once an edition, if used."""

from collections import defaultdict

from django.utils.functional import SimpleLazyObject

from informed_comment import editions
from pages.models import MenuLink, Promo
from posts.reads import popular


@editions.kept
def menu():
    return list(MenuLink.objects.select_related("category", "page"))


@editions.kept
def promos():
    """Running promos by place."""
    by_place = defaultdict(list)
    for promo in Promo.objects.running().select_related("image"):
        by_place[promo.place].append(promo)
    return {place: by_place[place] for place in Promo.Place.values}


@editions.kept
def most_read():
    return popular.for_sidebar()


def around_the_text(request):
    """Context processor."""
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "promos": SimpleLazyObject(lambda: promos(request)),
        "most_read": SimpleLazyObject(lambda: most_read(request)),
    }
