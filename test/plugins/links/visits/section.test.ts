import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { startService } from '../../../service.ts'

await t.test('visits section: shows the twenty links that were opened last, and whether there are more', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const { memberId } = alpha
  const shown = async (user: SandboxUser = alpha.users.admin) => {
    const { text } = await service.call(alpha.placementCall('DEFAULT', { user }))
    return { links: text.match(/data-link-id/g)?.length, more: /<td colspan="(\d)">…/.exec(text)?.[1] }
  }
  const open = (count: number, userId: number) => {
    for (let index = 0; index < count; index++) {
      service.fastify.links.visits.count({ screen: 'part', linkId: `link-${index}`, params: {}, memberId, userId })
    }
  }
  const { admin, employee } = alpha.users
  open(20, admin.id)
  t.strictSame(await shown(), { links: 20, more: undefined })
  open(21, employee.id)
  t.strictSame(await shown(), { links: 20, more: '4' })
  t.strictSame(await shown(employee), { links: 20, more: '3' }, 'who is no administrator sees nobody')
})
