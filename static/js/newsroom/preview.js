// The preview: width and light or dark change without a new page. Links in the frame open beside it, and nothing is sent from it.
const frame = document.querySelector("[data-frame]")
const widths = document.querySelector("[data-widths]")
const schemes = document.querySelector("[data-schemes]")
let scheme = "auto"

widths.addEventListener("click", (event) => {
  const link = event.target.closest("[data-width]")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  frame.className = `preview__frame preview__frame--${link.dataset.width}`
  for (const other of widths.querySelectorAll("a")) other.removeAttribute("aria-current")
  link.setAttribute("aria-current", "true")
  history.replaceState(null, "", link.href)
})

function paint() {
  if (scheme !== "auto") frame.contentWindow.showTheme?.(scheme)
}

schemes.hidden = false
schemes.addEventListener("click", (event) => {
  const button = event.target.closest("[data-scheme]")
  if (!button) return
  scheme = button.dataset.scheme
  for (const other of schemes.querySelectorAll("button")) other.setAttribute("aria-pressed", other === button)
  frame.contentWindow.showTheme?.(scheme)
})

function prepare() {
  const inside = frame.contentDocument
  if (!inside?.body) return
  paint()
  inside.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]")
    if (link && !link.getAttribute("href").startsWith("#")) link.target = "_blank"
  })
  inside.addEventListener("submit", (event) => event.preventDefault())
}

frame.addEventListener("load", prepare)
if (frame.contentDocument?.readyState === "complete") prepare()

for (const link of document.querySelectorAll("[data-close]")) {
  link.addEventListener("click", (event) => {
    if (!window.opener) return
    event.preventDefault()
    window.close()
  })
}
