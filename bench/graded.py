"""The rules by which HTTP Observatory grades an answer, written down: a start of 100, and what each test takes or gives.

What is given counts only where 90 are left, as there. Each test is a function of an Answer that says (points, why).
"""

import re
from dataclasses import dataclass, field

START, WITH_BONUS = 100, 90
GRADES = (
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (45, "C-"),
    (40, "D+"),
    (30, "D"),
    (25, "D-"),
)
SIX_MONTHS = 15768000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
UNSAFE = {"origin", "origin-when-cross-origin", "unsafe-url"}
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)
SESSION = re.compile(
    r"aspsessionid|asp.net_sessionid|cfid|cftoken|auth|jsessionid|login|php|sess|sid\b|token", re.I
)


@dataclass(frozen=True)
class Answer:
    """Of an address over https. `plain` is where the same address over http led, or None when it did not answer."""

    status: int
    headers: list
    body: str = ""
    is_trusted: bool = True
    plain: list = field(default_factory=list)

    def said(self, name):
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) if found else None


def graded(answer):
    """(score, grade, {test: (points, why)})"""
    found = {test.__name__: test(answer) for test in TESTS}
    lost = sum(points for points, _ in found.values() if points < 0)
    won = sum(points for points, _ in found.values() if points > 0)
    score = START + lost
    score = max(0, score + won if score >= WITH_BONUS else score)
    return score, next((name for least, name in GRADES if score >= least), "F"), found


def rules_of(policy):
    rules = {}
    for rule in filter(None, map(str.strip, policy.split(";"))):
        name, *values = rule.split()
        rules.setdefault(name.lower(), [value.lower() for value in values])
    return rules


def content_policy(answer):
    said = answer.said("content-security-policy")
    if said is None:
        return -25, "not implemented"
    rules = rules_of(said)
    default = rules.get("default-src", ["*"])
    scripts, styles = rules.get("script-src", default), rules.get("style-src", default)
    objects = rules.get("object-src", default)
    is_named = any(value.startswith(("'nonce-", "'sha")) for value in scripts)
    too_wide = {"*", "http:", "https:", "data:", "ftp:"}
    if "'unsafe-inline'" in scripts and not is_named:
        return -20, "inline scripts"
    if too_wide & set(scripts) and "'strict-dynamic'" not in scripts:
        return -20, "scripts from anywhere"
    if too_wide & set(objects):
        return -20, "plug-ins from anywhere"
    if any(value.startswith("http:") for value in scripts + styles):
        return -20, "scripts or styles without TLS"
    if "'unsafe-eval'" in scripts:
        return -10, "eval"
    passive = rules.get("img-src", default) + rules.get("media-src", default)
    if any(value.startswith("http:") for value in passive):
        return -10, "pictures without TLS"
    if "'unsafe-inline'" in styles or too_wide & set(styles):
        return 0, "inline styles only"
    return (10, "nothing unsafe, default-src 'none'") if default == ["'none'"] else (5, "nothing unsafe")


def cookies(answer):
    is_strict = bool(answer.said("strict-transport-security"))
    points, is_same_site, said = 0, True, []
    for name, value in answer.headers:
        if name.lower() != "set-cookie":
            continue
        key, flags = value.partition("=")[0], [part.strip().lower() for part in value.split(";")[1:]]
        said.append(key)
        same_site = next((flag for flag in flags if flag.startswith("samesite")), "")
        is_same_site &= same_site in ("samesite=lax", "samesite=strict")
        is_session = bool(SESSION.search(key)) and "csrf" not in key.lower()
        if "secure" not in flags:
            points = min(points, (-10 if is_session else -5) if is_strict else (-40 if is_session else -20))
        if is_session and "httponly" not in flags:
            points = min(points, -30)
        if "csrf" in key.lower() and not same_site:
            points = min(points, -20)
    if not said:
        return 0, "none"
    if points == 0 and is_same_site:
        return 5, f"{', '.join(said)}: secure, same site"
    return points, f"{', '.join(said)}"


def sharing(answer):
    origin, credentials = (
        answer.said("access-control-allow-origin"),
        answer.said("access-control-allow-credentials"),
    )
    if origin and origin != "*" and credentials == "true":
        return -50, "any site, with cookies"
    return 0, "for all to read" if origin == "*" else "not offered"


def redirection(answer):
    if answer.plain is None:
        return 0, "no answer without TLS"
    if not answer.plain:
        return -20, "stays without TLS"
    return (0, "to TLS first") if answer.plain[0].startswith("https:") else (-10, "not to TLS first")


def referrer_policy(answer):
    said = answer.said("referrer-policy")
    if said is None:
        return 0, "not implemented"
    last = said.split(",")[-1].strip().lower()
    if last in PRIVATE:
        return 5, last
    return (-5, last) if last in UNSAFE or last != "no-referrer-when-downgrade" else (0, last)


def transport_security(answer):
    said = answer.said("strict-transport-security")
    if not answer.is_trusted:
        return -20, "certificate is not trusted"
    age = re.search(r"max-age=(\d+)", said or "")
    if age is None:
        return -20, "not implemented"
    return (0, said) if int(age[1]) >= SIX_MONTHS else (-10, "less than six months")


def script_integrity(answer):
    if "html" not in (answer.said("content-type") or ""):
        return 0, "no page"
    sources = [re.search(r'src="([^"]+)"', said) for said in SCRIPT.findall(answer.body)]
    foreign = [found[1] for found in sources if found and re.match(r"(https?:)?//", found[1])]
    if not foreign:
        return 0, "all scripts are ours"
    return (
        (-50, "scripts without TLS")
        if any(one.startswith("http:") for one in foreign)
        else (-5, "foreign scripts")
    )


def content_type_options(answer):
    said = answer.said("x-content-type-options")
    return (0, "nosniff") if (said or "").strip().lower() == "nosniff" else (-5, f"{said}")


def frame_options(answer):
    rules = rules_of(answer.said("content-security-policy") or "")
    ancestors = rules.get("frame-ancestors")
    if ancestors and not {"*", "https:", "http:"} & set(ancestors):
        return 5, "by the content policy"
    said = (answer.said("x-frame-options") or "").strip().lower()
    return (5, said) if said in ("deny", "sameorigin") else (-20, said or "not implemented")


def resource_policy(answer):
    said = answer.said("cross-origin-resource-policy")
    if said is None:
        return 0, "not implemented"
    known = {"same-origin": 10, "same-site": 10, "cross-origin": 0}
    return known.get(said.strip().lower(), -5), said


TESTS = (
    content_policy,
    cookies,
    sharing,
    redirection,
    referrer_policy,
    transport_security,
    script_integrity,
    content_type_options,
    frame_options,
    resource_policy,
)
