// Preview links: copied with a press, made and taken back without leaving what is typed. Without this script they are pages.

const FAILED = "The newsroom did not answer. Check the connection and try again."

function prepare(within) {
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard
}

async function copy(button) {
  const words = button.textContent
  try {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = "Copied"
  } catch {
    button.textContent = "Not copied: open it instead"
  }
  setTimeout(() => (button.textContent = words), 2500)
}

const asPanel = (address) => `${address}${address.includes("?") ? "&" : "?"}panel=1`
const parsed = (html) => document.createRange().createContextualFragment(html)

// The answer as elements, and whether it is what was asked for.
async function ask(address, body) {
  const answer = await fetch(asPanel(address), { method: body ? "POST" : "GET", body, headers: { Accept: "text/html" } })
  if (answer.redirected || ![200, 400].includes(answer.status)) throw new Error(answer.status)
  return { ok: answer.status === 200, parts: parsed(await answer.text()) }
}

function replace(panel, parts) {
  for (const script of parts.querySelectorAll("script")) script.remove()
  const fresh = parts.querySelector("[data-preview-links]")
  panel.replaceWith(fresh)
  prepare(fresh)
  return fresh
}

function say(panel, sentence) {
  panel.querySelector("[role=status]").textContent = sentence
}

async function make(panel, link) {
  let found
  try {
    found = await ask(link.href)
  } catch {
    return say(panel, FAILED)
  }
  const dialog = document.createElement("dialog")
  dialog.className = "dialog"
  dialog.setAttribute("aria-labelledby", "link-dialog-title")
  const title = document.createElement("h2")
  title.id = "link-dialog-title"
  title.textContent = "New preview link"
  const problem = document.createElement("p")
  problem.className = "dialog__problem"
  problem.setAttribute("role", "alert")
  const show = (parts) => {
    dialog.replaceChildren(title, problem, parts)
    const cancel = document.createElement("button")
    cancel.type = "button"
    cancel.className = "deed"
    cancel.textContent = "Cancel"
    cancel.addEventListener("click", () => dialog.close())
    dialog.querySelector(".link-form__deeds").append(cancel)
  }
  show(found.parts)
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault()
    const button = event.target.querySelector("[type=submit]")
    button.disabled = true
    try {
      const answer = await ask(link.href, new FormData(event.target))
      if (!answer.ok) return show(answer.parts)
      replace(panel, answer.parts).querySelector("[data-copy]")?.focus()
      dialog.close()
    } catch {
      problem.textContent = FAILED
      button.disabled = false
    }
  })
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

async function revoke(panel, link) {
  if (!window.confirm(`Take back the link for ${link.dataset.revoke}? It leads nowhere from then on.`)) return
  const body = new FormData()
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
  try {
    const answer = await ask(link.href, body)
    replace(panel, answer.parts).querySelector("[data-new-link]").focus()
  } catch {
    say(panel, FAILED)
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-preview-links] [data-copy], .preview-links-page [data-copy]")
  if (button) return copy(button)
  const panel = event.target.closest?.("[data-preview-links]")
  const link = event.target.closest?.("[data-new-link], [data-revoke]")
  if (!panel || !link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  if (link.matches("[data-revoke]")) revoke(panel, link)
  else make(panel, link)
})

prepare(document)
