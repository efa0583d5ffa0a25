// The ledger of a mailing under way: its numbers, again every few seconds. When its state changes, so do its buttons: a new page.
const AGAIN = 3000
const LATER = 15000

const section = document.querySelector("[data-ledger]")
const said = document.createElement("p")
said.className = "visually-hidden"
said.setAttribute("role", "status")

function numbers(root) {
  return root.querySelector("[data-ledger-numbers]")
}

async function look() {
  let wait = document.hidden ? LATER : AGAIN
  try {
    const answer = await fetch(section.dataset.ledger, { headers: { Accept: "text/html" } })
    if (answer.redirected || answer.status === 403 || answer.status === 404) return
    const now = numbers(new DOMParser().parseFromString(await answer.text(), "text/html"))
    const before = numbers(section)
    if (now.dataset.state !== before.dataset.state) {
      said.textContent = "The mailing stands otherwise now; the page is opened again."
      return location.reload()
    }
    show(before, now)
  } catch {
    wait = LATER // Not answered now.
  }
  setTimeout(look, wait)
}

function show(before, now) {
  const isOpen = before.querySelector("details")?.open
  const focused = before.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null
  before.replaceWith(now)
  const details = now.querySelector("details")
  if (details && isOpen) details.open = true
  if (focused) now.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus()
}

if (section) {
  section.append(said)
  setTimeout(look, AGAIN)
}
