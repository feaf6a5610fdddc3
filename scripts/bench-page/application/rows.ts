export interface List { title: string, rows: Array<{ id: number, name: string }> }

/** What each of the pages shows. */
export const list: List = {
  title: 'Deliveries',
  rows: Array.from({ length: 20 }, (_, index) => ({ id: index + 1, name: `Delivery ${index + 1}` }))
}
