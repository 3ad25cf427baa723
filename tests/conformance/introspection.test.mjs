// oauth4webapi, unmodified, as a resource server: introspection by both ways of authentication, for the default tenant
// and another.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { startDaemon } from './support/daemon.mjs'

let daemon
const tenants = {}
before(async () => {
  daemon = await startDaemon()
  daemon.ctl('tenant', 'add', 'acme')
  daemon.ctl('key', 'add', '--tenant', 'acme', '--alg', 'EdDSA')
  for (const tenant of ['default', 'acme']) {
    const where = tenant === 'default' ? [] : ['--tenant', tenant]
    const service = daemon.ctl('client', 'add', 'svc.checked', ...where, '--audience', 'urn:checked', '--scope', 'a.read')
    const server = daemon.ctl('client', 'add', 'rs.checks', ...where, '--introspect', 'urn:checked')
    const stranger = daemon.ctl('client', 'add', 'rs.stranger', ...where, '--introspect', 'urn:other')
    tenants[tenant] = {
      issuer: new URL(tenant === 'default' ? daemon.issuer : `${daemon.issuer}/t/${tenant}`),
      service: service.client_secret, server: server.client_secret, stranger: stranger.client_secret,
    }
  }
})
after(async () => { assert.equal(await daemon.stop(), 0) })

const insecure = { [oauth.allowInsecureRequests]: true } // plain http on loopback

for (const tenant of ['default', 'acme']) {
  for (const [name, authenticate] of [['client_secret_basic', oauth.ClientSecretBasic], ['client_secret_post', oauth.ClientSecretPost]]) {
    test(`introspection: tenant ${tenant}, ${name}`, async () => {
      const { issuer, service, server: serverSecret, stranger } = tenants[tenant]
      const server = await oauth.processDiscoveryResponse(
        issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }))
      assert.ok(server.introspection_endpoint_auth_methods_supported.includes(name))
      const issued = await oauth.processClientCredentialsResponse(server, { client_id: 'svc.checked' },
        await oauth.clientCredentialsGrantRequest(
          server, { client_id: 'svc.checked' }, oauth.ClientSecretBasic(service), new URLSearchParams(), insecure))
      const introspect = async (id, secret, token) => oauth.processIntrospectionResponse(server, { client_id: id },
        await oauth.introspectionRequest(server, { client_id: id }, authenticate(secret), token, insecure))

      for (let look = 0; look < 2; ++look) {
        const answer = await introspect('rs.checks', serverSecret, issued.access_token)
        assert.equal(answer.active, true)
        assert.equal(answer.client_id, 'svc.checked')
        assert.equal(answer.scope, 'a.read')
        assert.equal(answer.aud, 'urn:checked')
        assert.equal(answer.token_type, 'Bearer')
        assert.equal(answer.iss, issuer.href.replace(/\/$/, ''))
      }
      assert.deepEqual(await introspect('rs.checks', serverSecret, issued.access_token + 'x'), { active: false })
      assert.deepEqual(await introspect('rs.stranger', stranger, issued.access_token), { active: false })
      const refused = await oauth.introspectionRequest(
        server, { client_id: 'rs.checks' }, authenticate('x'.repeat(43)), issued.access_token, insecure)
      assert.equal(refused.status, 401)
    })
  }
}
