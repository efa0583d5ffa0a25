// Style attributes of pasted HTML, read as text from data-style: nothing depends on whether the page's policy lets the
// browser apply them.
export const styleOf = (node, name) => {
  const found = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(node.dataset.style ?? "")
  return found ? found[1].trim().toLowerCase() : ""
}

const DARK = 90
const PLAIN = /^(|black|windowtext|auto|inherit|initial|currentcolor|transparent|white|none|unset|var\(.*)$/i

function isPlainColour(colour) {
  if (PLAIN.test(colour)) return true
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1]
  const wide = hex && (hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex)
  const parts = wide ? [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16)) : (colour.match(/[\d.]+/g) ?? []).map(Number)
  if (/^rgba/i.test(colour) && parts[3] === 0) return true
  if (parts.length < 3) return false
  return parts.slice(0, 3).every((part) => part <= DARK) || parts.slice(0, 3).every((part) => part >= 245)
}

// Colours, fonts, underlining and alignment that an author may miss; what every page has by itself is not told.
export function noteStyles(body, report) {
  const fonts = new Set()
  for (const node of body.querySelectorAll("[data-style], font, [bgcolor], [align], u")) {
    if (!node.textContent.trim()) continue
    const isLink = Boolean(node.closest("a")) || Boolean(node.querySelector("a"))
    const colours = [node.getAttribute("color") ?? "", node.getAttribute("bgcolor") ?? "", styleOf(node, "color"), styleOf(node, "background-color"), styleOf(node, "background")]
    if (!isLink && !colours.every((colour) => isPlainColour(colour.split(/\s(?![^(]*\))/)[0]))) report.lost("colours")
    const font = (styleOf(node, "font-family") || node.getAttribute("face") || "").split(",")[0].replace(/["']|&quot;/g, "").trim().toLowerCase()
    if (font && font !== "inherit" && node.localName !== "a") fonts.add(font)
    const align = styleOf(node, "text-align") || node.getAttribute("align") || ""
    if (/^(center|right|justify)$/i.test(align) && !node.closest("table") && node.closest("[dir=rtl]") === null) report.lost("alignment")
    const line = styleOf(node, "text-decoration") + styleOf(node, "text-decoration-line")
    if (!isLink && (node.localName === "u" || /(^|\s)underline/.test(line))) report.lost("underlining")
  }
  if (fonts.size > 1) report.lost("fonts")
}
