// What somebody may mean by an address, and whether a browser could follow it.
const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}(?=[/?#:]|$)/u
const MAIL = /^[^\s@/?#]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}$/u

// {href} for an address, {problem} for what was meant as one and is none, null for words.
export function addressIn(typed) {
  const text = typed.trim()
  if (!text) return null
  if (/^mailto:/i.test(text)) return MAIL.test(text.slice(7).split("?")[0]) ? { href: text } : { problem: "This mail address is not whole: write mailto:name@example.org." }
  if (/^tel:/i.test(text)) return /^tel:\+?[\d(). -]{3,}$/i.test(text) ? { href: text.replace(/\s/g, "") } : { problem: "This telephone number is none: write tel:+1 555 0100." }
  if (/^https?:/i.test(text)) return onTheWeb(text)
  if (/^localhost(:\d+)?(\/|$)/i.test(text)) return onTheWeb(`http://${text}`)
  if (HOST.test(text)) return onTheWeb(`https://${text}`)
  if (MAIL.test(text)) return { href: `mailto:${text}` }
  if (/^\/\//.test(text)) return onTheWeb(`https:${text}`)
  if (/^[/?#]/.test(text)) return /\s/.test(text) ? null : { href: text }
  if (SCHEME.test(text) && !/\s/.test(text)) return { problem: `Readers cannot follow an address that begins with ${SCHEME.exec(text)[0]} Write one that begins with https://.` }
  return null
}

// An address on our own site is kept without the host, so that it lives on when the site moves.
function onTheWeb(text) {
  if (/\s/.test(text)) return { problem: "An address has no blanks in it. Copy it once more from the browser’s address line." }
  let url
  try {
    url = new URL(text)
  } catch {
    return { problem: "This is not a whole address: write it as https://example.org/page." }
  }
  if (!/^https?:\/\/[^/]/i.test(text) || (!url.hostname.includes(".") && !url.hostname.includes(":") && url.hostname !== "localhost")) {
    return { problem: "This is not a whole address: write it as https://example.org/page." }
  }
  return { href: url.origin === location.origin ? `${url.pathname}${url.search}${url.hash}` : text }
}
