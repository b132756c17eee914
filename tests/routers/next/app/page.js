// The layout's template is for the pages below it.
export const metadata = { title: 'Shop /' }
export default function Page() { return <p>home</p> }
