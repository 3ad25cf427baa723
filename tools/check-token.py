"""Checks a token endpoint's answer (on standard input) as any resource server would: with a general JWT library and
what the issuer publishes, nothing else.

    check-token.py ISSUER AUDIENCE < answer.json
"""

import json
import sys
import urllib.request

import jwt


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check-token.py ISSUER AUDIENCE < answer.json")
    issuer, audience = sys.argv[1:]
    token = json.load(sys.stdin)["access_token"]

    metadata = fetch(issuer + "/.well-known/oauth-authorization-server")
    keys = {key["kid"]: key for key in fetch(metadata["jwks_uri"])["keys"]}
    header = jwt.get_unverified_header(token)
    key = keys[header["kid"]]
    if header["typ"] != "at+jwt" or header["alg"] != key["alg"]:
        sys.exit("the header does not match the published key")
    claims = jwt.decode(
        token,
        key=jwt.PyJWK(key).key,
        algorithms=[key["alg"]],
        audience=audience,
        issuer=metadata["issuer"],
        options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
    )
    print("signature: valid, by key", header["kid"], "(" + header["alg"] + ")")
    print(json.dumps(claims, indent=2))


main()
