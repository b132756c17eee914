// A shop with Vue Router, as its documents have it.
import { createApp, h } from 'vue'
import { RouterLink, RouterView, createRouter, createWebHistory } from 'vue-router'
import { LINKS, REPLACES, titleOf } from './shop.js'

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/old', redirect: '/new' },
    { path: '/:page(.*)*', component: { render: () => null } },
  ],
})
router.afterEach(({ fullPath }) => {
  document.title = titleOf(fullPath.split('#')[0])
  window.told?.()
})

createApp({
  render: () =>
    h('nav', {}, [
      ...LINKS.map(([id, to]) => h(RouterLink, { id, to }, () => id)),
      ...REPLACES.map(([id, to]) => h('button', { id, onClick: () => router.replace(to) }, id)),
      h(RouterView),
    ]),
})
  .use(router)
  .mount('#app')
