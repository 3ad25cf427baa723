// oauth4webapi and openid-client, unmodified: revocation (RFC 7009) as discovered, for the default tenant and another.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { requestToken, startDaemon } from './support/daemon.mjs'

let daemon
const credentials = {}
before(async () => {
  daemon = await startDaemon()
  daemon.ctl('tenant', 'add', 'acme')
  daemon.ctl('key', 'add', '--tenant', 'acme', '--alg', 'EdDSA')
  const other = daemon.ctl('client', 'add', 'svc.one', '--tenant', 'acme', '--audience', 'urn:acme', '--scope', 'a.read')
  const stranger = daemon.ctl('client', 'add', 'stranger', '--audience', 'urn:demo', '--scope', 'a.read')
  credentials.default = { issuer: daemon.issuer, id: 'demo', secret: daemon.secret }
  credentials.acme = { issuer: `${daemon.issuer}/t/acme`, id: 'svc.one', secret: other.client_secret }
  credentials.stranger = { issuer: daemon.issuer, id: 'stranger', secret: stranger.client_secret }
})
after(async () => { assert.equal(await daemon.stop(), 0) })

const insecure = { [oauth.allowInsecureRequests]: true } // plain http on loopback
const discover = async (issuer) => {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }))
}
const tokenOf = async ({ issuer, id, secret }) => (await requestToken(issuer, id, secret)).body.access_token
const jtiOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).jti
const listed = (tenant) => daemon.ctl('revocation', 'list', '--tenant', tenant).revocations.map((row) => row.value)

for (const tenant of ['default', 'acme']) {
  for (const [name, authenticate] of [['client_secret_basic', oauth.ClientSecretBasic], ['client_secret_post', oauth.ClientSecretPost]]) {
    test(`oauth4webapi: tenant ${tenant}, ${name}`, async () => {
      const { issuer, id, secret } = credentials[tenant]
      const server = await discover(issuer)
      assert.ok(server.revocation_endpoint_auth_methods_supported.includes(name))
      const client = { client_id: id }
      const token = await tokenOf(credentials[tenant])
      for (const hint of [undefined, 'access_token', 'refresh_token', 'unheard_of']) {
        const response = await oauth.revocationRequest(server, client, authenticate(secret), token, {
          additionalParameters: hint === undefined ? {} : { token_type_hint: hint }, ...insecure,
        })
        assert.equal(await oauth.processRevocationResponse(response), undefined)
      }
      assert.equal(listed(tenant).filter((value) => value === jtiOf(token)).length, 1)
    })
  }

  test(`openid-client: tenant ${tenant}`, async () => {
    const { issuer, id, secret } = credentials[tenant]
    const configuration = await openid.discovery(new URL(issuer), id, undefined, openid.ClientSecretBasic(secret), {
      algorithm: 'oauth2', execute: [openid.allowInsecureRequests],
    })
    const token = await tokenOf(credentials[tenant])
    await openid.tokenRevocation(configuration, token)
    await openid.tokenRevocation(configuration, 'no token at all')
    assert.ok(listed(tenant).includes(jtiOf(token)))
  })
}

test('oauth4webapi: wrong secret and the token of another client are readable errors', async () => {
  const server = await discover(daemon.issuer)
  const token = await tokenOf(credentials.stranger)
  const wrong = await oauth.revocationRequest(server, { client_id: 'demo' }, oauth.ClientSecretPost('x'.repeat(43)), token, insecure)
  await assert.rejects(oauth.processRevocationResponse(wrong), { error: 'invalid_client', status: 401 })
  const foreign = await oauth.revocationRequest(server, { client_id: 'demo' }, oauth.ClientSecretPost(daemon.secret), token, insecure)
  await assert.rejects(oauth.processRevocationResponse(foreign), { error: 'invalid_grant', status: 400 })
  assert.ok(!listed('default').includes(jtiOf(token)))
})
