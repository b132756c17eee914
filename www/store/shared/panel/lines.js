/** One line of the panel's log from what the tracker tells on a topic. */

const texts = {
  event: (event) => `${event.name}${detail(event.data)}`,
  batch: (batch) => [`batch ${batch.state}`, counted(batch.events, 'event'), batch.bytes && `${batch.bytes} B`, batch.status].filter(Boolean).join(' · '),
  loss: (loss) => `lost ${counted(loss.count, 'event')}: ${loss.reason}`,
  consent: (consent) => `consent ${[consent.state, ...consent.purposes].join(' · ')}`,
  session: (session) => `session ${session.n}`,
}

export function lineOf(topic, payload, at) {
  return { topic, id: topic === 'event' ? payload.id : undefined, time: at.toLocaleTimeString('en-GB'), text: texts[topic](payload) }
}

/** What tells one event from the next of the same name. */
function detail(data) {
  const what = data?.items?.[0]?.item_name ?? data?.search_term ?? data?.coupon ?? data?.promotion_name ?? data?.reason
  const more = data?.items?.length > 1 ? ` +${data.items.length - 1}` : ''
  return what ? ` · ${what}${more}` : ''
}

export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
