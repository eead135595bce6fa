// A network of Bluesky's own programs: directory, two accounts on a server, the service that shows posts.
// It says where they are in one line of JSON, and runs until its input ends.
import { pathToFileURL } from 'node:url'

const { TestNetwork } = await import(pathToFileURL(`${process.cwd()}/node_modules/@atproto/dev-env/dist/index.js`))
const network = await TestNetwork.create({ dbPostgresSchema: 'real' })
const client = network.pds.getAgent()
const people = {}
for (const name of ['lin', 'fan']) {
  const made = await client.com.atproto.server.createAccount({
    handle: `${name}.test`, email: `${name}@example.test`, password: 'password',
  })
  people[name] = { did: made.data.did, token: made.data.accessJwt }
}
await network.processAll()
console.log('READY ' + JSON.stringify({ pds: network.pds.url, service: network.bsky.url, plc: network.plc.url, people }))
process.stdin.resume()
process.stdin.on('end', () => network.close().finally(() => process.exit(0)))
