"""Passkeys (WebAuthn): made and shown by the browser, looked at here. What must be remembered in between is in the session.

They hold for the host they were made at. A browser knows none at a bare IP address.
"""

import json
import struct

from cryptography.exceptions import UnsupportedAlgorithm
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from informed_comment import audit
from informed_comment.models import SecondStep
from informed_comment.origins import address_in
from informed_comment.publication import current_publication
from informed_comment.signing_in import pending, steps
from informed_comment.signing_in.sealing import fingerprint

MAKING, SHOWING = "passkey_making", "passkey_showing"
WRONG = "This passkey was not taken. Try it again, or take another way."
LONGEST = 20_000  # letters of an answer


def host(request):
    return request.get_host().rpartition(":")[0] or request.get_host()


def are_possible(request):
    """Browsers have passkeys for names, over TLS or on this machine."""
    name = host(request)
    is_name = address_in(name.strip("[]")) is None
    return is_name and (request.is_secure() or name == "localhost" or name.endswith(".localhost"))


def server(request):
    ours = {f"{request.scheme}://{request.get_host()}"}
    party = PublicKeyCredentialRpEntity(name=current_publication().title, id=host(request))
    return Fido2Server(party, verify_origin=lambda origin: origin in ours)


def kept(user):
    return SecondStep.objects.filter(user=user, kind=SecondStep.Kind.PASSKEY)


def data_of(step):
    return AttestedCredentialData(websafe_decode(step.credential))


def to_make(request, user):
    """What the browser is to be told for making one."""
    handle = fingerprint("passkey", user.pk)[:32].encode()
    options, state = server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=handle, name=user.get_username(), display_name=user.get_full_name() or user.get_username()
        ),
        credentials=[data_of(step) for step in kept(user)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    request.session[MAKING] = state
    return dict(options)


def make(request, user, *, name, answer):
    """The browser has made one. Raises ValidationError when its answer is not what was asked for."""
    state = request.session.pop(MAKING, None)
    try:
        made = server(request).register_complete(state, read(answer)).credential_data
    except REFUSALS as error:
        raise ValidationError(WRONG) from error
    if SecondStep.objects.filter(credential_id=websafe_encode(made.credential_id)).exists():
        raise ValidationError("This passkey is an account's already. Make another.")
    return steps.add(
        SecondStep(
            user=user,
            kind=SecondStep.Kind.PASSKEY,
            name=name,
            credential_id=websafe_encode(made.credential_id),
            credential=websafe_encode(made),
        ),
        request=request,
    )


def to_show(request, user=None):
    """What the browser is to be told for showing one: of the account, or, of nobody in particular, in place of a password."""
    credentials = [data_of(step) for step in kept(user)] if user else None
    options, state = server(request).authenticate_begin(
        credentials,
        user_verification=UserVerificationRequirement.PREFERRED
        if user
        else UserVerificationRequirement.REQUIRED,
    )
    if SESSION_KEY not in request.session:
        request.session.set_expiry(pending.SECONDS)
    request.session[SHOWING] = state | {"account": user.pk if user else None}
    return dict(options)


def shown(request, answer, user=None):
    """The second step that the browser has shown, `user`'s if given. Raises ValidationError; a challenge is good once."""
    state = request.session.pop(SHOWING, None)
    try:
        answer = read(answer)
        if state["account"] != (user.pk if user else None):
            raise ValueError("asked of another account")
        mine = kept(user) if user else SecondStep.objects.filter(kind=SecondStep.Kind.PASSKEY)
        step = mine.select_related("user").get(credential_id=websafe_encode(websafe_decode(answer["rawId"])))
        server(request).authenticate_complete(state, [data_of(step)], answer)
        count(step, answer, request)
    except REFUSALS as error:
        raise ValidationError(WRONG) from error
    return step


def count(step, answer, request):
    """A passkey that counts and has gone back is a copy; raises ValueError."""
    data = websafe_decode(answer["response"]["authenticatorData"])
    counter = int.from_bytes(data[33:37])
    with transaction.atomic():
        ahead = SecondStep.objects.filter(pk=step.pk)
        if counter or step.counter:
            ahead = ahead.filter(Q(counter__lt=counter))
        if ahead.update(counter=counter):
            return
    audit.record(
        "passkey_copied",
        f"The passkey “{step.name}” of {step.user.get_username()} was shown with an old count: it may be a copy.",
        request=request,
        about=step.user.get_username(),
    )
    raise ValueError("an old count")


def read(answer):
    if not answer or len(answer) > LONGEST:
        raise ValueError("no answer")
    return json.loads(answer)


# What the library makes of bytes that are no passkey's.
REFUSALS = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    RecursionError,
    NotImplementedError,
    struct.error,
    UnsupportedAlgorithm,
    SecondStep.DoesNotExist,
)
