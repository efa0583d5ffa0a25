"""What readers open. Each view is a question to a queryset and a template."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache

from informed_comment import allowances
from informed_comment.addresses import address_of
from informed_comment.budgets import TooMany
from informed_comment.caching import is_staff_request, public_page
from informed_comment.methods import require_safe
from posts import archive, front, listed, metadata, people, reader_comments, reading, searching
from posts.models import Post
from posts.paging import corrections_page, page_of_rows, site_page
from posts.reads import popular as popularity

SEARCH = "Search every post by its words, and narrow what is found by year, section and author."


@require_safe
@public_page
def home(request, number=1):
    plan = front.plan()
    page = site_page(number, address_of("posts:home"), pinned=plan.pinned)
    sections = front.sections(plan.categories, above=page.posts) if number == 1 else []
    context = {"page": page, "sections": sections, "metadata": metadata.of_home(page)}
    return render(request, "posts/home.html", context)


@require_safe
@public_page
def post_detail(request, **parts):
    post = reading.readable_at(request.path)
    if post is None:
        raise Http404("There is no such post.")
    context = about_post(post) | {"is_counted": not is_staff_request(request)}
    return render(request, "posts/post_detail.html", context)


def about_post(post):
    """What the page of a post of `reading.whole()` shows."""
    discussion = reader_comments.discussion(post)
    about = metadata.of_post(post, comment_count=discussion.count)
    return {"post": post, "related": reading.related_to(post), "discussion": discussion, "metadata": about}


@require_safe
@public_page
def part_of_post(request, part):
    """A post is one page here, so its second page is the post."""
    whole = request.path.rstrip("/").removesuffix(f"/{part}")
    post = get_object_or_404(Post.objects.published().only("permalink"), permalink__in=(whole, f"{whole}/"))
    return redirect(post, permanent=True)


@require_safe
@public_page
def comments(request, number):
    """The further comments of a post. Where there are not so many pages as the old site had, all stand under it."""
    number = int(number)
    post = reader_comments.post_above(request.path, f"comment-page-{number}", number)
    discussion = reader_comments.discussion(post, number)
    if number < 2 or not discussion.comments:
        return redirect(f"{post.permalink}#comments", permanent=True)
    if request.path != discussion.address_of(number):
        return redirect(discussion.address_of(number), permanent=True)
    about = metadata.of_text(f"Comments on “{post}”, page {number}", request.path, is_indexed=False)
    return render(request, "posts/comments.html", {"post": post, "discussion": discussion, "metadata": about})


@require_safe
@public_page
def comment(request, mark):
    """Leads to the page a comment stands on now."""
    post = reader_comments.post_above(request.path, f"comments/{mark}")
    return redirect(reader_comments.address_of_comment(post, mark), permanent=True)


@require_safe
@public_page
def category(request, path, number=1):
    above, category, children = listed.category(path)
    page = page_of_rows(category.filings, number, category.get_absolute_url())
    context = {"category": category, "above": above, "children": children, "page": page}
    about = metadata.of_category(category, page, above=above)
    return render(request, "posts/category.html", context | {"metadata": about})


@require_safe
@public_page
def tag(request, slug, number=1):
    tag, related = listed.tag(slug)
    page = page_of_rows(tag.taggings, number, tag.get_absolute_url())
    about = metadata.of_list(tag.name, page, feed=f"{page.address}feed/")
    context = {"tag": tag, "related": related, "page": page, "metadata": about}
    return render(request, "posts/tag.html", context)


@require_safe
@public_page
def author(request, slug, number=1):
    author = listed.author(slug)
    page = page_of_rows(author.bylines, number, author.get_absolute_url())
    context = {"author": author, "page": page, "metadata": metadata.of_author(author, page)}
    return render(request, "posts/author.html", context)


@require_safe
@public_page
def authors(request):
    about = metadata.of_text("Authors", request.path)
    return render(request, "posts/authors.html", {"letters": people.by_initial(), "metadata": about})


@require_safe
@public_page
def archives(request):
    about = metadata.of_text("Archives", request.path)
    return render(request, "posts/archives.html", {"years": archive.years(), "metadata": about})


@require_safe
@public_page
def year(request, year, number=1):
    start, end = archive.bounds(year)
    page = archive.page_between(start, end, number, address_of("posts:year", year))
    before, after = archive.neighbours(start, end)
    context = {"year": year, "months": archive.months(year), "before": before, "after": after, "page": page}
    about = metadata.of_list(str(year), page, above=metadata.ARCHIVES)
    return render(request, "posts/year.html", context | {"metadata": about})


@require_safe
@public_page
def month(request, year, month, number=1):
    start, end = archive.bounds(year, month)
    page = archive.page_between(start, end, number, address_of("posts:month", year, month))
    before, after = archive.neighbours(start, end)
    above = [*metadata.ARCHIVES, (str(year), address_of("posts:year", year))]
    about = metadata.of_list(date_format(start, "F Y"), page, above=above)
    context = {"month": start.date(), "before": before, "after": after, "page": page, "metadata": about}
    return render(request, "posts/month.html", context)


@require_safe
@never_cache
def on_this_day(request):
    """Leads to today's page. Only this answer changes at midnight, so no cache may keep it."""
    today = timezone.localdate()
    return redirect("posts:calendar_day", month=today.month, day=today.day)


@require_safe
@public_page
def calendar_day(request, month, day):
    day = archive.calendar_day(month, day)
    before, after = archive.around_day(day)
    posts = archive.on_day(day)
    title = f"On this day: {date_format(day, 'F j')}"
    about = metadata.of_text(title, request.path, is_indexed=bool(posts), kind="CollectionPage", posts=posts)
    context = {"day": day, "before": before, "after": after, "posts": posts, "metadata": about}
    return render(request, "posts/calendar_day.html", context)


@require_safe
@public_page(params=["window"])
def popular(request):
    window = popularity.window_named(request.GET.get("window", "week"))
    if window is None:
        return redirect("posts:popular", permanent=True)
    posts = popularity.for_page(window)
    about = metadata.of_popular(window, posts)
    context = {"posts": posts, "window": window, "tabs": popularity.tabs(), "metadata": about}
    return render(request, "posts/popular.html", context)


@require_safe
@public_page(params=searching.PARAMETERS)
def search(request):
    question = searching.read(request.GET)
    try:
        answer = searching.answer_for(request, question) if question.words else None
    except TooMany as refusal:
        return allowances.refused(request, refusal)
    about = None if question.words else metadata.of_text("Search", request.path, description=SEARCH)
    return render(request, "posts/search.html", {"question": question, "answer": answer, "metadata": about})


@require_safe
@public_page
def corrections(request, number=1):
    page = corrections_page(number, address_of("posts:corrections"))
    about = metadata.of_list("Corrections and updates", page, kind="WebPage")
    return render(request, "posts/corrections.html", {"page": page, "metadata": about})
