"""`{% kept here %}…{% endkept %}`: what stands on many pages, rendered once an edition and process."""

from django import template

from informed_comment import editions

register = template.Library()

MOST = 200  # of a block in an edition; what comes after is rendered each time


@editions.kept
def parts():
    """block → {values: its HTML}."""
    return {}


@register.tag
def kept(parser, token):
    """The block is kept by the values named after `kept`, so it may show nothing else that differs from page to page.

    They have to be few: the address of a page is none, but which link of the menu leads to it is, or an author.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    block = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptBlock(values, block)


class KeptBlock(template.Node):
    child_nodelists = ("block",)

    def __init__(self, values, block):
        self.values, self.block = values, block

    def render(self, context):
        request = getattr(context, "request", None)
        if request is None:
            return self.block.render(context)
        known = parts(request).setdefault(self, {})
        key = tuple(str(value.resolve(context)) for value in self.values)
        if key not in known:
            html = self.block.render(context)
            if len(known) >= MOST:
                return html
            known[key] = html
        return known[key]
