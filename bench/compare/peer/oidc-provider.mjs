// node-oidc-provider as a peer of the benchmark: in memory, with client_credentials, rotating refresh tokens and
// introspection; JWT access tokens of one algorithm.
//   node oidc-provider.mjs PORT ALG CLIENTS_JSON [REFRESH_COUNT REFRESH_FILE OPAQUE_COUNT OPAQUE_FILE]
// CLIENTS_JSON: a file of [{"client_id","client_secret"}...]; prints "ready" when it listens. Refresh tokens, and opaque
// access tokens to introspect (it keeps no JWT that it could look up), are made for the first client and written one a
// line before that.
import { readFileSync, writeFileSync } from 'node:fs'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'

// Its own store in memory forgets all but the last thousand entries, and with a grant every token of it.
class Memory {
  static entries = new Map()

  constructor(model) {
    this.model = model
  }

  key(id) {
    return `${this.model}:${id}`
  }

  async upsert(id, payload) {
    Memory.entries.set(this.key(id), payload)
  }

  async find(id) {
    return Memory.entries.get(this.key(id))
  }

  // No sessions and no devices here.
  async findByUid() {}

  async findByUserCode() {}

  async consume(id) {
    Memory.entries.get(this.key(id)).consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id) {
    Memory.entries.delete(this.key(id))
  }

  async revokeByGrantId(grantId) {
    for (const [key, { grantId: own }] of Memory.entries) if (own === grantId) Memory.entries.delete(key)
  }
}

const [port, algorithm, clientsFile, refreshCount, refreshFile, opaqueCount, opaqueFile] = process.argv.slice(2)
const audience = 'urn:demo'
const scope = 'a.read a.write b.read'

const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
const jwk = { ...(await exportJWK(privateKey)), alg: algorithm, use: 'sig', kid: 'bench' }

const clients = JSON.parse(readFileSync(clientsFile, 'utf8'))
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Memory,
  jwks: { keys: [jwk] },
  clients: clients.map((client) => ({
    ...client,
    // Its own rule: refresh_token only beside a grant that a user takes part in.
    grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    redirect_uris: ['https://client.example/cb'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: algorithm,
    scope,
  })),
  scopes: ['openid', 'offline_access', ...scope.split(' ')],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { RefreshToken: 3600, Grant: 3600, AccessToken: 3600 },
  features: {
    introspection: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope, audience, accessTokenTTL: 900, accessTokenFormat: 'jwt', jwt: { sign: { alg: algorithm } },
      }),
    },
  },
})
// As an authorization code would have been turned into them, but without openid: an ID token beside each access token
// would be a signature more.
async function makeTokens(count, file, make) {
  const client = await provider.Client.find(clients[0].client_id)
  const lines = []
  for (let n = 0; n < Number(count ?? 0); n += 1) {
    const accountId = `user-${n}`
    const grant = new provider.Grant({ accountId, clientId: client.clientId })
    grant.addOIDCScope('offline_access')
    grant.addResourceScope(audience, scope)
    lines.push(await make({ accountId, client, grantId: await grant.save(), gty: 'authorization_code' }))
  }
  if (lines.length > 0) writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
}
await makeTokens(refreshCount, refreshFile, (common) =>
  new provider.RefreshToken({ ...common, scope, resource: audience }).save())
await makeTokens(opaqueCount, opaqueFile, (common) =>
  new provider.AccessToken({ ...common, scope, aud: audience }).save())

provider.on('server_error', (_, error) => console.error(error))
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'))
