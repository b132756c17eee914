import Link from 'next/link'
export const metadata = { title: { template: 'Shop %s', default: 'Shop' } }
export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link id="home" href="/">home</Link> <Link id="list" href="/list">list</Link> <Link id="sort" href="/list?sort=price">sort</Link>{' '}
          <Link id="anchor" href="/list?sort=price#reviews">anchor</Link> <Link id="product" href="/product/1" replace>product</Link>
        </nav>
        {children}
        <script src="/cb/stub.js"></script>
        <script async src="/cb/cartbeacon.js" data-endpoint="/collect" data-site="test" data-consent-default='{"analytics":"granted"}'></script>
      </body>
    </html>
  )
}
