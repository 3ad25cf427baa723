// Starts a signetd of its own for a test file, on a free port and in a directory of its own, and ends it again.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const build = process.env.SIGNET_BUILD ?? new URL('../../../build', import.meta.url).pathname

// Two neighbouring free ports: the console listens on the one after.
async function freePort() {
  const tryListen = (port) =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(undefined))
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  for (;;) {
    const first = await tryListen(0)
    const port = first.address().port
    const second = port < 65535 ? await tryListen(port + 1) : undefined
    await new Promise((resolve) => first.close(resolve))
    if (second) {
      await new Promise((resolve) => second.close(resolve))
      return port
    }
  }
}

export async function startDaemon() {
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'signet-conformance-'))
  const child = spawn(join(build, 'daemon/signetd'), ['--dev', '--data-dir', dir, '--port', String(port), '--workers', '1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text) => {
      log += text
      if (/^ready$/m.test(log)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`signetd ended with ${code} before it was ready:\n${log}`)))
    setTimeout(() => reject(new Error(`signetd was not ready in 60 s:\n${log}`)), 60_000).unref()
  })

  const ctl = (args, input = '') =>
    execFileSync(join(build, 'tools/signetctl'), ['--data-dir', dir, '--json', ...args], { input, encoding: 'utf8' })

  return {
    issuer: `http://127.0.0.1:${port}`,
    secret: readFileSync(join(dir, 'demo-secret'), 'utf8').trim(),
    // Parsed answer of a signetctl command.
    ctl: (...args) => {
      const out = ctl(args)
      return out.trim() === '' ? undefined : JSON.parse(out)
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
      child.kill('SIGTERM')
      const code = await ended
      rmSync(dir, { recursive: true, force: true })
      return code
    },
  }
}

// A token by client_credentials with plain fetch.
export async function requestToken(issuer, id, secret, parameters = {}) {
  const response = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: 'Basic ' + Buffer.from(`${id}:${secret}`).toString('base64') },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  })
  return { status: response.status, body: await response.json() }
}
