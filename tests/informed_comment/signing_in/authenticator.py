"""A passkey in software, which also lies when it is told to."""

import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Authenticator:
    def __init__(self, *, host="testserver", origin=None, number=b"1"):
        self.host, self.origin = host, origin or f"https://{host}"
        self.key, self.counter = ec.generate_private_key(ec.SECP256R1()), 0
        self.credential_id = hashlib.sha256(number).digest()

    def data(self, *, flags, extra=b""):
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.counter) + extra

    def said(self, kind, challenge):
        told = {
            "type": f"webauthn.{kind}",
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(told).encode()

    def answer(self, client, **parts):
        response = {name: websafe_encode(part) for name, part in parts.items()}
        known = websafe_encode(self.credential_id)
        shown = {"id": known, "rawId": known, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps(shown | {"response": {"clientDataJSON": websafe_encode(client), **response}})

    def make(self, options):
        client = self.said("create", options["publicKey"]["challenge"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        extra = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self.data(flags=PRESENT | VERIFIED | HAS_KEY, extra=extra)
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self.answer(client, attestationObject=made)

    def show(self, options, *, is_verified=True, counter=None):
        self.counter = self.counter + 1 if counter is None else counter
        client = self.said("get", options["publicKey"]["challenge"])
        data = self.data(flags=PRESENT | (VERIFIED if is_verified else 0))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self.answer(client, authenticatorData=data, signature=signature)
