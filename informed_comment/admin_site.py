"""The newsroom: Django's admin with the publication's name, look, dashboard and content policy."""

from django.contrib.admin import AdminSite
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from informed_comment.publication import current_publication

# What the rich-text editor needs and no more: Tiptap's own <style>, by its hash, and style attributes, without which
# pasted text changes and typed blanks become no-break spaces.
TIPTAP_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
ADMIN_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, TIPTAP_STYLE],
    "style-src-attr": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
}


class NewsroomSite(AdminSite):
    site_title = "Newsroom"
    index_title = "Newsroom"
    enable_nav_sidebar = True

    def each_context(self, request):
        context = super().each_context(request)
        context["site_header"] = context["site_title"] = current_publication().title
        return context

    def admin_view(self, view, cacheable=False):
        return csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))
