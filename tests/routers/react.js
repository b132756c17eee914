// A shop with React Router, as its documents have it.
import { StrictMode, createElement as h, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { Link, Outlet, createBrowserRouter, redirect, useLocation, useNavigate } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { LINKS, REPLACES, titleOf } from './shop.js'

function Shop() {
  const { pathname, search } = useLocation()
  const navigate = useNavigate()
  // In strict mode an effect of a new component runs twice.
  useEffect(() => {
    document.title = titleOf(pathname + search)
    window.told?.()
  }, [pathname, search])
  return h('nav', {}, [
    ...LINKS.map(([id, to]) => h(Link, { key: id, id, to }, id)),
    ...REPLACES.map(([id, to]) => h('button', { key: id, id, onClick: () => navigate(to, { replace: true }) }, id)),
    h(Outlet, { key: 'page' }),
  ])
}

const router = createBrowserRouter([
  {
    Component: Shop,
    children: [
      { path: '/old', loader: () => redirect('/new') },
      { path: '*', Component: () => null },
    ],
  },
])
createRoot(document.getElementById('app')).render(h(StrictMode, {}, h(RouterProvider, { router })))
