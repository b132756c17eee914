/** What tells pages apart, as in src/engine/page.rs: a fragment counts only where it is a route. */
export const pageKey = (url) => (/^[^#]*#[/!]/.test(url) ? url : url.split('#')[0])
