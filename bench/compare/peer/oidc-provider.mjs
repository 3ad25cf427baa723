// node-oidc-provider as a peer of the benchmark: in memory, client_credentials only, JWT access tokens of one algorithm.
//   node oidc-provider.mjs PORT ALG CLIENTS_JSON
// CLIENTS_JSON: a file of [{"client_id","client_secret"}...]; prints "ready" when it listens.
import { readFileSync } from 'node:fs'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'

const [port, algorithm, clientsFile] = process.argv.slice(2)
const audience = 'urn:demo'
const scope = 'a.read a.write b.read'

const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
const jwk = { ...(await exportJWK(privateKey)), alg: algorithm, use: 'sig', kid: 'bench' }

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [jwk] },
  clients: JSON.parse(readFileSync(clientsFile, 'utf8')).map((client) => ({
    ...client,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: algorithm,
    scope,
  })),
  scopes: scope.split(' '),
  features: {
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
provider.on('server_error', (_, error) => console.error(error))
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'))
