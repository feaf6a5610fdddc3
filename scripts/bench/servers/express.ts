// (d) What one would pick without us: Express, EJS, jsonwebtoken, helmet and pino-http, with the steps that a call has.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import express, { type Request, type Response } from 'express'
import helmet from 'helmet'
import jwt from 'jsonwebtoken'
import { pinoHttp } from 'pino-http'
import { domain, language, pageData, port } from './page.ts'

interface Proof { memberId: string, userId: number, domain: string, expiresAt: number }

const { AUTHORIZATION_SERVER: server, CLIENT_ID: clientId, APPLICATION_TOKEN: applicationToken = '' } = process.env
const secret = randomUUID()
const proofs = new Map<string, Proof>()
const sha256 = (text: string) => createHash('sha256').update(text).digest()

/** Whom an access token belongs to, by the authorization server; asked once for each token. */
async function prove (accessToken: string): Promise<Proof> {
  const key = sha256(accessToken).toString('base64')
  const known = proofs.get(key)
  if (known !== undefined && known.expiresAt > Date.now()) return known
  const answer = await fetch(`${server}/rest/app.info`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth: accessToken })
  })
  const { result } = await answer.json()
  if (result.client_id !== clientId || !result.install.installed) throw new Error('not our application')
  const proof = {
    memberId: String(result.install.member_id),
    userId: Number(result.user_id),
    domain: new URL(result.install.client_endpoint).host,
    expiresAt: Date.now() + 3_600_000
  }
  proofs.set(key, proof)
  return proof
}

const app = express()
app.set('view engine', 'ejs')
app.set('views', join(import.meta.dirname, '../views'))
app.use(pinoHttp({
  genReqId: () => randomUUID(),
  serializers: { req: ({ method }) => ({ method }), res: ({ statusCode }) => ({ statusCode }) }
}))
app.use((request, response, next) => {
  const { DOMAIN: host = 'localhost' } = request.query
  if (!/^[\w.-]+(?::\d+)?$/.test(String(host))) throw new Error('not the address of a portal')
  response.locals['origin'] = `http://${host}`
  next()
})
app.use(helmet({
  xFrameOptions: false,
  crossOriginOpenerPolicy: false,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'", (request, response) => (response as Response).locals['origin']],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'self'", (request, response) => (response as Response).locals['origin']]
    }
  }
}))
app.use(express.urlencoded({ extended: false, limit: '128kb' }))

function check ({ query, body }: Request): void {
  for (const value of Object.values({ ...query, ...body })) if (typeof value !== 'string') throw new Error('repeated')
  if (!/^[\w-]{1,64}$/.test(body.member_id) || !/^[\w.]{1,256}$/.test(body.PLACEMENT)) throw new Error('malformed')
  if (!timingSafeEqual(sha256(body.APPLICATION_TOKEN), sha256(applicationToken))) throw new Error('not ours')
}

app.post('/placement', async (request, response) => {
  const { body } = request
  check(request)
  const proof = await prove(body.AUTH_ID)
  if (proof.memberId !== body.member_id) throw new Error('another portal')
  const { URI: uri, ...options } = JSON.parse(body.PLACEMENT_OPTIONS)
  const claims = { placement: body.PLACEMENT, lang: 'en', domain: proof.domain }
  const subject = `${proof.memberId}:${proof.userId}`
  const session = jwt.sign(claims, secret, { expiresIn: '1h', audience: String(clientId), subject })
  const params = Object.entries(options).map(([name, value]) => ({ name, value: String(value), type: typeof value }))
  response.set('Cache-Control', 'no-store').render('link', {
    ...pageData(session), params, user: { id: proof.userId }, uri: new URL(uri, `http://${domain}`).href, language
  })
})
app.listen(Number(port), '127.0.0.1')
