"""Who carries our mail, by an address in the environment: a mail server, or a provider's API through django-anymail."""

from importlib.util import find_spec
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Scheme → django-anymail's backend, and what of the address is which of its options. More of them follow the question mark.
PROVIDERS = {
    "postmark": ("postmark", {"user": "server_token"}),
    "mailgun": ("mailgun", {"user": "api_key", "host": "sender_domain"}),
    "brevo": ("brevo", {"user": "api_key"}),
    "mailjet": ("mailjet", {"user": "api_key", "password": "secret_key"}),
    "sparkpost": ("sparkpost", {"user": "api_key"}),
    "resend": ("resend", {"user": "api_key"}),
    "mailersend": ("mailersend", {"user": "api_token"}),
    "mailtrap": ("mailtrap", {"user": "api_token"}),
    "scaleway": ("scaleway", {"user": "project_id", "password": "secret_key"}),
    "ses": ("amazon_ses", {}),
}
SMTP = "smtp://user:password@host:port, smtp+tls:// or smtp+ssl://"
DJANGOS, PATIENT = "django.core.mail.backends.smtp.EmailBackend", "informed_comment.patient_mail.EmailBackend"
SECONDS = 30  # for an answer, but for that to a text (patient_mail.py)


def mailer(url):
    """One entry of MAILERS: smtp://user:password@host:port, smtp+tls://, smtp+ssl://, or such as postmark://TOKEN."""
    scheme = url.partition("://")[0]
    if scheme in PROVIDERS:
        return provider(scheme, url)
    try:
        parts = environ.Env.email_url_config(url)
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        named = ", ".join(f"{name}://" for name in PROVIDERS)
        raise ImproperlyConfigured(
            f"A mail address begins with {scheme}://. Write {SMTP}, or one of {named}."
        ) from error
    return {
        "BACKEND": PATIENT if parts["EMAIL_BACKEND"] == DJANGOS else parts["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": parts["EMAIL_HOST"],
            "port": parts["EMAIL_PORT"] or 25,
            "username": parts["EMAIL_HOST_USER"] or "",
            "password": parts["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": parts.get("EMAIL_USE_TLS", False),
            "use_ssl": parts.get("EMAIL_USE_SSL", False),
            "timeout": SECONDS,
        },
    }


def provider(scheme, url):
    """`mailgun://KEY@mg.example.org?api_url=https://api.eu.mailgun.net/v3`: keys keep their capitals."""
    if find_spec("anymail") is None:
        raise ImproperlyConfigured(
            f"{scheme}:// needs django-anymail: install the project with its extra, informed-comment[esp]."
        )
    name, places = PROVIDERS[scheme]
    parts = urlsplit(url)
    keys, at, host = parts.netloc.rpartition("@")
    user, _, password = (keys if at else host).partition(":")
    given = {"user": unquote(user), "password": unquote(password), "host": host if at else ""}
    missing = [option for part, option in places.items() if not given[part]]
    if missing:
        raise ImproperlyConfigured(f"{scheme}:// does not name its {' and '.join(missing)}.")
    options = {option: given[part] for part, option in places.items()}
    if scheme == "ses":
        options = ses(given)
    return {
        "BACKEND": f"anymail.backends.{name}.EmailBackend",
        "OPTIONS": options | dict(parse_qsl(parts.query)),
    }


def ses(given):
    """`ses://KEY:SECRET@eu-west-1`; without the keys boto3 finds its own."""
    region = given["host"] or given["user"]
    params = {"region_name": region} if region else {}
    if given["host"]:
        params |= {"aws_access_key_id": given["user"], "aws_secret_access_key": given["password"]}
    return {"client_params": params}
