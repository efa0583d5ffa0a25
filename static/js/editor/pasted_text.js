// Plain text: a blank line ends a paragraph. Lines that mail or a terminal has broken are joined; short lines are verses.
const WRAPPED = { shortest: 55, longest: 100 }

export function paragraphsOf(text) {
  const plain = text.replace(/\r\n?|[\u2028\u2029]/g, "\n").replace(/^\s*\n|\s+$/g, "")
  if (!plain) return []
  const blocks = plain.split(/\n(?:[ \t]*\n)+/).map((block) => block.split("\n").map((line) => line.trim()))
  if (isBroken(blocks)) return blocks.map((lines) => [lines.join(" ")])
  return blocks.length > 1 ? blocks : blocks[0].filter(Boolean).map((line) => [line])
}

// Every line but the last of its paragraph is about as long as a line of mail.
function isBroken(blocks) {
  const full = blocks.flatMap((lines) => lines.slice(0, -1))
  return full.length > 2 && full.every(({ length }) => length >= WRAPPED.shortest && length <= WRAPPED.longest)
}
