// Tokens verify in npm `jose` with nothing but the published JWKS; damaged ones do not.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as jose from 'jose'
import { requestToken, startDaemon } from './support/daemon.mjs'

let daemon
before(async () => { daemon = await startDaemon() })
after(async () => { assert.equal(await daemon.stop(), 0) })

const audience = 'urn:example:orders'

async function tokenOf(alg) {
  const client = daemon.ctl('client', 'add', `jose-${alg}`, '--alg', alg, '--audience', audience, '--scope', 'a.read')
  const answer = await requestToken(daemon.issuer, client.client_id, client.client_secret)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.equal(answer.body.token_type, 'Bearer')
  assert.equal(answer.body.expires_in, 900)
  assert.ok(!('refresh_token' in answer.body) && !('error' in answer.body))
  return answer.body.access_token
}

const expectations = () => ({ issuer: daemon.issuer, audience, typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'] })

// Every octet of every segment with one bit flipped: each of the eight in turn, or one of them where verifying is slow.
function* damaged(token, everyBit = false) {
  const segments = token.split('.').map((segment) => Buffer.from(segment, 'base64url'))
  for (let s = 0; s < segments.length; s++) {
    for (let i = 0; i < segments[s].length; i++) {
      for (const bit of everyBit ? [0, 1, 2, 3, 4, 5, 6, 7] : [i % 8]) {
        const copy = segments.map((segment) => Buffer.from(segment))
        copy[s][i] ^= 1 << bit
        yield copy.map((segment) => segment.toString('base64url')).join('.')
      }
    }
  }
}

for (const alg of ['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256']) {
  test(`${alg} verifies through the JWKS alone, and not with one bit changed`, async () => {
    const token = await tokenOf(alg)
    const metadata = await (await fetch(`${daemon.issuer}/.well-known/oauth-authorization-server`)).json()
    const keys = jose.createRemoteJWKSet(new URL(metadata.jwks_uri))
    const { payload, protectedHeader } = await jose.jwtVerify(token, keys, expectations())
    assert.equal(protectedHeader.alg, alg)
    assert.equal(payload.client_id, `jose-${alg}`)
    assert.equal(payload.scope, 'a.read')
    assert.equal(payload.exp - payload.iat, 900)

    const local = jose.createLocalJWKSet(await (await fetch(metadata.jwks_uri)).json())
    for (const bad of damaged(token, alg === 'EdDSA')) {
      await assert.rejects(jose.jwtVerify(bad, local, expectations()), `verified though damaged: ${bad}`)
    }
  })
}

for (const alg of ['HS256', 'HS384', 'HS512']) {
  test(`${alg} verifies with the exported key, and the key is not published`, async () => {
    const key = daemon.ctl('key', 'add', '--alg', alg, '--audience', audience)
    const token = await tokenOf(alg)
    const exported = daemon.ctl('key', 'export-secret', key.kid)
    const secret = Buffer.from(exported.k, 'base64url')
    const { protectedHeader } = await jose.jwtVerify(token, secret, expectations())
    assert.equal(protectedHeader.kid, key.kid)
    for (const bad of damaged(token)) {
      await assert.rejects(jose.jwtVerify(bad, secret, expectations()), `verified though damaged: ${bad}`)
    }
    const published = await (await fetch(`${daemon.issuer}/.well-known/jwks.json`)).json()
    assert.ok(published.keys.every((one) => one.kid !== key.kid && one.kty !== 'oct'))
  })
}

test('a token of one tenant does not verify with the keys of another', async () => {
  daemon.ctl('tenant', 'add', 'acme')
  daemon.ctl('key', 'add', '--tenant', 'acme', '--alg', 'EdDSA')
  const client = daemon.ctl('client', 'add', 'svc', '--tenant', 'acme', '--audience', audience)
  const answer = await requestToken(`${daemon.issuer}/t/acme`, 'svc', client.client_secret)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const own = jose.createRemoteJWKSet(new URL(`${daemon.issuer}/t/acme/.well-known/jwks.json`))
  const other = jose.createRemoteJWKSet(new URL(`${daemon.issuer}/.well-known/jwks.json`))
  await jose.jwtVerify(answer.body.access_token, own, { ...expectations(), issuer: `${daemon.issuer}/t/acme` })
  await assert.rejects(jose.jwtVerify(answer.body.access_token, other, { audience }))
  assert.equal((await requestToken(daemon.issuer, 'svc', client.client_secret)).status, 401)
})
