"""What stands around every text: the menu, the promos by place, the popular posts. Read once a page, if used."""

from collections import defaultdict

from django.utils.functional import SimpleLazyObject

from pages.models import MenuLink, Promo
from posts import popular

POPULAR_LENGTH = 5


def menu():
    return list(MenuLink.objects.select_related("category", "page"))


def promos():
    """Running promos by place."""
    by_place = defaultdict(list)
    for promo in Promo.objects.running().select_related("image"):
        by_place[promo.place].append(promo)
    return {place: by_place[place] for place in Promo.Place.values}


def around_the_text(request):
    """Context processor."""
    return {
        "menu": SimpleLazyObject(menu),
        "promos": SimpleLazyObject(promos),
        "popular_posts": SimpleLazyObject(lambda: popular.for_sidebar(POPULAR_LENGTH)),
    }
