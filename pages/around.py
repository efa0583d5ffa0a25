"""What stands around every text: the menu, the promos by place, the popular posts. Read once an edition, if used."""

from collections import defaultdict

from django.utils.functional import SimpleLazyObject

from informed_comment import editions
from pages.models import MenuLink, Promo
from posts.reads import popular


@editions.kept
def menu_and_addresses():
    """The links, and the addresses that the shell of a page marks as the one it stands at."""
    links = list(MenuLink.objects.select_related("category", "page"))
    return links, {"/", *(link.url for link in links)}


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


def menu(request):
    return menu_and_addresses(request)[0]


def here(request):
    """The path if the menu or the nameplate leads to it, else nothing: what is kept by it stays few."""
    return request.path if request.path in menu_and_addresses(request)[1] else ""


def around_the_text(request):
    """Context processor."""
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "here": SimpleLazyObject(lambda: here(request)),
        "promos": SimpleLazyObject(lambda: promos(request)),
        "most_read": SimpleLazyObject(lambda: most_read(request)),
    }
