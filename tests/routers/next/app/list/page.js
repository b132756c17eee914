export const metadata = { title: '/list' }
export default function Page() { return <p>home</p> }
