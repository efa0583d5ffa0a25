"""Which addresses of posts, categories, tags and authors lead to something."""

from authors.models import Author
from informed_comment.answering import answers
from posts.models import Category, Post, Tag

BY_SLUG = {
    "posts:tag": Tag,
    "posts:tag_page": Tag,
    "posts:tag_feed": Tag,
    "posts:author": Author,
    "posts:author_page": Author,
    "posts:author_feed": Author,
}
OF_CATEGORY = ("posts:category", "posts:category_page", "posts:category_feed")


@answers("posts:post", *BY_SLUG, *OF_CATEGORY)
def answered(wanted):
    found = set()
    if paths := wanted.get("posts:post"):
        public = Post.objects.filter(status=Post.Status.PUBLISHED, permalink__in=paths)
        found |= set(public.values_list("permalink", flat=True))
    for view, asked in wanted.items():
        if view in BY_SLUG:
            slugs = {arguments["slug"] for arguments in asked.values()}
            there = set(BY_SLUG[view].objects.filter(slug__in=slugs).values_list("slug", flat=True))
            found |= {path for path, arguments in asked.items() if arguments["slug"] in there}
        elif view in OF_CATEGORY:
            ways = {arguments["path"] for arguments in asked.values()}
            there = set(Category.objects.filter(path__in=ways).values_list("path", flat=True))
            found |= {path for path, arguments in asked.items() if arguments["path"] in there}
    return found
