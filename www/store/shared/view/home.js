/** Brings the home page to life. Its text and pictures are in the document itself, so they are there before any script. */

import { featured } from '../catalogue.js'
import { setTitle } from '../html.js'
import { grid } from './card.js'

/** The promotion counts as seen when half of it is on screen. */
const seenShare = 0.5

export function homeView(root, shop, _, signal) {
  setTitle('Stoneware, iron and linen for a slow kitchen')
  grid(root.querySelector('[data-part=featured]'), shop, featured(), { id: 'featured', name: 'Favourites' }, { level: 3 })

  const link = root.querySelector('[data-cb-event=select_promotion]')
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return
    watcher.disconnect()
    // The same fields the link carries for select_promotion, so they are written once, in the document.
    shop.track('view_promotion', {
      promotion_id: link.dataset.cbPromotionId,
      promotion_name: link.dataset.cbPromotionName,
      creative_name: link.dataset.cbCreativeName,
      creative_slot: link.dataset.cbCreativeSlot,
    })
  }, { threshold: seenShare })
  watcher.observe(root.querySelector('[data-part=promotion]'))
  signal?.addEventListener('abort', () => watcher.disconnect())
}
