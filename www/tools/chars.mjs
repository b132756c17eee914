// A wasm as the text that www/sdk/wasm.js reads: a character for each byte, all of them in Latin-1, so that a browser keeps the
// text in as many bytes, and none of them a control character of ASCII. What is left for the rarest 33 bytes of 256 are two
// characters, of which the first is the last of Latin-1.

/** Bytes from here on, around the end of the range, stand in order: those at its end are rare in wasm. */
const FIRST = 253
const BLANK = 32
const MARK = 255

export const charsOf = (bytes) =>
  Array.from(bytes, (byte) => {
    const code = BLANK + ((byte - FIRST) & 255)
    return code < MARK ? String.fromCharCode(code) : String.fromCharCode(MARK, code - MARK + BLANK)
  }).join('')
