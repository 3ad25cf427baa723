// oauth4webapi and openid-client, unmodified: discovery and client_credentials by both ways of authentication, for the
// default tenant and another.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { startDaemon } from './support/daemon.mjs'

let daemon
const credentials = {}
before(async () => {
  daemon = await startDaemon()
  daemon.ctl('tenant', 'add', 'acme')
  daemon.ctl('key', 'add', '--tenant', 'acme', '--alg', 'EdDSA')
  const other = daemon.ctl('client', 'add', 'svc.one', '--tenant', 'acme', '--audience', 'urn:acme', '--scope', 'a.read')
  credentials.default = { issuer: daemon.issuer, id: 'demo', secret: daemon.secret, audience: 'urn:demo' }
  credentials.acme = { issuer: `${daemon.issuer}/t/acme`, id: 'svc.one', secret: other.client_secret, audience: 'urn:acme' }
})
after(async () => { assert.equal(await daemon.stop(), 0) })

const insecure = { [oauth.allowInsecureRequests]: true } // plain http on loopback

for (const tenant of ['default', 'acme']) {
  for (const algorithm of ['oauth2', 'oidc']) {
    for (const [name, authenticate] of [['client_secret_basic', oauth.ClientSecretBasic], ['client_secret_post', oauth.ClientSecretPost]]) {
      test(`oauth4webapi: tenant ${tenant}, ${algorithm} discovery, ${name}`, async () => {
        const { issuer, id, secret, audience } = credentials[tenant]
        const url = new URL(issuer)
        const response = await oauth.discoveryRequest(url, { algorithm, ...insecure })
        const server = await oauth.processDiscoveryResponse(url, response)
        assert.ok(server.token_endpoint_auth_methods_supported.includes(name))
        const client = { client_id: id }
        const answer = await oauth.clientCredentialsGrantRequest(
          server, client, authenticate(secret), new URLSearchParams({ scope: 'a.read', resource: audience }), insecure)
        const token = await oauth.processClientCredentialsResponse(server, client, answer)
        assert.equal(token.token_type, 'bearer') // normalised by the library
        assert.equal(token.scope, 'a.read')
        assert.equal(token.expires_in, 900)
        // Its resource-server side: RFC 9068 validation of what it just got.
        const request = new Request('http://127.0.0.1/orders', { headers: { authorization: `Bearer ${token.access_token}` } })
        const claims = await oauth.validateJwtAccessToken(server, request, audience, insecure)
        assert.equal(claims.client_id, id)
      })

      test(`oauth4webapi: tenant ${tenant}, ${algorithm} discovery, ${name}, wrong secret is a readable invalid_client`, async () => {
        const { issuer, id } = credentials[tenant]
        const url = new URL(issuer)
        const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm, ...insecure }))
        const client = { client_id: id }
        const answer = await oauth.clientCredentialsGrantRequest(
          server, client, authenticate('x'.repeat(43)), new URLSearchParams(), insecure)
        assert.equal(answer.status, 401)
        // RFC 6749 5.2: the challenge answers the scheme that was used; without it the library reads the body.
        assert.equal(answer.headers.has('www-authenticate'), name === 'client_secret_basic')
        await assert.rejects(oauth.processClientCredentialsResponse(server, client, answer),
          name === 'client_secret_basic' ? oauth.WWWAuthenticateChallengeError : { error: 'invalid_client' })
      })
    }
  }

  for (const [name, authenticate] of [['client_secret_basic', openid.ClientSecretBasic], ['client_secret_post', openid.ClientSecretPost]]) {
    for (const algorithm of ['oauth2', 'oidc']) {
      test(`openid-client: tenant ${tenant}, ${algorithm} discovery, ${name}`, async () => {
        const { issuer, id, secret, audience } = credentials[tenant]
        const configuration = await openid.discovery(new URL(issuer), id, undefined, authenticate(secret), {
          algorithm, execute: [openid.allowInsecureRequests],
        })
        const token = await openid.clientCredentialsGrant(configuration, { scope: 'a.read', resource: audience })
        assert.ok(token.access_token.split('.').length === 3)
        assert.equal(token.expiresIn() > 890, true)
        await assert.rejects(openid.clientCredentialsGrant(configuration, { scope: 'not.mine' }), { error: 'invalid_scope' })
        await assert.rejects(openid.clientCredentialsGrant(configuration, { resource: 'urn:other' }), { error: 'invalid_target' })
      })
    }
  }
}

test('oauth4webapi: refresh_token, its retry and its reuse by another client', async () => {
  const { issuer, id, secret, audience } = credentials.default
  const url = new URL(issuer)
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }))
  assert.ok(server.grant_types_supported.includes('refresh_token'))
  const client = { client_id: id }
  const issued = daemon.ctl('token', 'issue', '--client', id, '--refresh')
  const refresh = async (token, as = client, authenticate = oauth.ClientSecretBasic(secret), additionalParameters) =>
    oauth.processRefreshTokenResponse(server, as,
      await oauth.refreshTokenGrantRequest(server, as, authenticate, token, { additionalParameters, ...insecure }))
  const second = await refresh(issued.refresh_token, client, undefined, { scope: 'a.read' })
  assert.equal(second.scope, 'a.read')
  const request = new Request('http://127.0.0.1/orders', { headers: { authorization: `Bearer ${second.access_token}` } })
  const claims = await oauth.validateJwtAccessToken(server, request, audience, insecure)
  assert.equal(claims.sid.length, 22)
  assert.equal((await refresh(issued.refresh_token)).refresh_token, second.refresh_token)
  const other = daemon.ctl('client', 'add', 'refresh.other', '--grant', 'refresh_token')
  await assert.rejects(refresh(second.refresh_token, { client_id: 'refresh.other' }, oauth.ClientSecretPost(other.client_secret)),
    { error: 'invalid_grant' })
  await assert.rejects(refresh(second.refresh_token.slice(0, -1)), { error: 'invalid_grant' })
  assert.ok((await refresh(second.refresh_token)).refresh_token)
})
