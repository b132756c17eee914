export const metadata = { title: '/product/1' }
export default function Page() { return <p>home</p> }
