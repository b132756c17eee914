// CommonJS, any Node: import() always works.
async function main() {
  const { exercise } = await import('./exercise.mjs')
  console.log(JSON.stringify([await exercise(await import('cartbeacon'))]))
}

main()
