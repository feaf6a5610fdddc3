import { EventEmitter } from 'node:events'
import type { FastifyReply } from 'fastify'
import t from 'tap'
import { createPlaces } from '../../../plugins/overload/places.ts'

/** Places, and the calls that have taken one, oldest first. */
function scene () {
  const places = createPlaces()
  const calls: EventEmitter[] = []
  return {
    places,
    /** Takes all places that there are. Returns how many calls have one now. */
    fill (): number {
      for (;;) {
        const raw = new EventEmitter()
        // A place reads the end of the answer, and nothing else.
        if (!places.take({ raw } as FastifyReply)) return calls.length
        calls.push(raw)
      }
    },
    answer: (count: number) => { for (const call of calls.splice(0, count)) call.emit('close') }
  }
}

await t.test('places: become more with what is answered', async t => {
  const { fill, answer } = scene()
  t.equal(fill(), 4)
  answer(1)
  t.equal(fill(), 5)
  answer(2)
  t.equal(fill(), 7)
})

await t.test('places: become fewer with what had no time later', async t => {
  const { places, fill, answer } = scene()
  for (let times = 0; times < 16; times++) {
    fill()
    answer(1)
  }
  t.equal(fill(), 20)
  for (let times = 0; times < 5; times++) places.close()
  answer(8)
  t.equal(fill(), 17, 'each that is answered makes room for a quarter from then on')
  for (let times = 0; times < 40; times++) places.close()
  answer(14)
  t.equal(fill(), 8, 'but there is room for a few')
})

await t.test('places: stay as they are while half of them are free', async t => {
  const { places, fill, answer } = scene()
  for (let times = 0; times < 100; times++) {
    const raw = new EventEmitter()
    // As above
    t.ok(places.take({ raw } as FastifyReply))
    raw.emit('close')
  }
  t.equal(fill(), 4)
  answer(4)
})

await t.test('places: begin anew with the next overload', async t => {
  const { places, fill, answer } = scene()
  fill()
  answer(1)
  places.close()
  answer(fill())
  places.reset()
  t.equal(fill(), 4)
  answer(1)
  t.equal(fill(), 5, 'each makes room for one again')
})
