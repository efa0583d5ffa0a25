"""Input that means harm: a few of our own, and the public corpora when they lie beside this checkout (shared/data/html)."""

import json

from tests.wordpress.exports import FOLDER

OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>",
    "<style>@import'javascript:alert(1)';</style>",
    "<p style=\"background:url('javascript:alert(1)')\">x</p>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<span class="footnote"><img src=x onerror=alert(1)>note</span>',
    '<figure class="embed" data-provider="youtube" data-embed="javascript:alert(1)"><a href="javascript:alert(1)">x</a></figure>',
    "<table><caption><img src=x onerror=alert(1)></caption><tr><td>x</table>",
    "<!--[if !supportLists]--><img src=x onerror=alert(1)><!--[endif]-->",
    "<![if !vml]><img src=x onerror=alert(1)><![endif]>",
    "<div data-pm-slice='0 0 []'><img src=x onerror=alert(1)></div>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img src=x onerror=alert(1)>'>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<!--!><img src=x onerror=alert(1)>--!><script>alert(1)</script>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<table><caption><svg><title></caption><img src=x onerror=alert(1)></title></svg>",
    "<a><a><a href=javascript:alert(1)><table><a><img src=x onerror=alert(1)>",
    '<img src="/\\evil.example/a.png"><a href="&#1;//evil.example/">x</a>',
    "{{ 7 * 7 }}{% load x %}",
    "'; DROP TABLE posts_post; --",
    "\ufeff\u202e\u2066 evil \x01\x1b[31m",
    "\ud7ff\U0010ffff",
    "A" * 3000,
    "%s%n%d ${x} #{x}",
]


def corpora():
    if FOLDER is None:
        return []
    found = []
    for name in ("dompurify-even", "owasp-xss-filter-evasion", "big-list-of-naughty-strings"):
        for one in json.loads((FOLDER.parent / "html" / f"{name}.json").read_text()):
            found.append(one if isinstance(one, str) else one["payload"])
    return found


PAYLOADS = [*OWN, *corpora()]
