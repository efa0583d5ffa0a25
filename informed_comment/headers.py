"""What every answer says to browsers beyond its content, in one place: pages, refusals, files, feeds, JSON.

Which scripts and frames a page may hold stands in the settings (SECURE_CSP) and, for the newsroom, in admin_site.py. What
nginx or Caddy sends without asking the site says the same: deploy/nginx.conf, deploy/Caddyfile. No value here differs from
request to request, or the door could not say it.
"""

REPORTS = "/reports/csp"
REPORTS_GROUP = "ours"

# Of devices and of what advertising asks, nothing, as far as browsers know the names. What the players of posts/embeds.py need (sound, films, the whole screen)
# is not named: browsers give it to our own pages, and those hand it to a player when a reader asks for it.
NOT_USED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "compute-pressure",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
OF_EVERY_ANSWER = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NOT_USED),
    "Origin-Agent-Cluster": "?1",
    "Reporting-Endpoints": f'{REPORTS_GROUP}="{REPORTS}"',
}
POLICY = "Content-Security-Policy"
POLICY_OF_FILES = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
WHOSE = "Cross-Origin-Resource-Policy"
SHOWN_ELSEWHERE = (
    "/static/",
    "/media/",
    "/favicon.ico",
)  # in feed readers, in mails, on cards of other sites


def content_policy(rules, *, is_secure):
    """`rules` and what holds for every policy of ours. Whatever they do not name is refused: `default-src 'none'`."""
    return {
        "default-src": ["'none'"],
        **rules,
        "base-uri": ["'none'"],
        "report-uri": [REPORTS],
        "report-to": [REPORTS_GROUP],
        "upgrade-insecure-requests": is_secure,
    }


def of_static_file(headers, path, url):
    """Called by WhiteNoise for each of our own files, as nginx has them: no page, so nothing of what only a page may do is
    said. A page brings about ten, and what is said with each is a sixth of its weight.
    """
    headers[POLICY] = POLICY_OF_FILES


class SaysHeaders:
    """Near the outside, so that answers of other middleware say it too; what a view has said already stays."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.headers.get(POLICY) != POLICY_OF_FILES:
            for name, value in OF_EVERY_ANSWER.items():
                response.headers.setdefault(name, value)
        response.headers.setdefault(WHOSE, whose(request, response))
        return response


def whose(request, response):
    """Whether other sites may show it: what they may read, as feeds, and pictures, style sheets and fonts."""
    is_for_all = "Access-Control-Allow-Origin" in response.headers or request.path.startswith(SHOWN_ELSEWHERE)
    return "cross-origin" if is_for_all else "same-origin"
