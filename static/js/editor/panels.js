// Panels beside the text that act by themselves: the deed is sent, the panel shown anew, the form left as it is.
// What is typed into a panel is not the post's: it is kept in this browser until it has been taken.
import { element } from "editor/dialogs"

const NO_ANSWER = "The server did not answer. What you typed is still here: try again."
const SIGNED_OUT = "Your session has ended. Sign in in another window, then try again: what you typed is still here."
const REFUSED = "You may not do this any more. Look at the post: it may be out, or in somebody else's hands."
const said = element("p", { className: "visually-hidden", role: "status" })
document.body.append(said)

const key = (panel, field) => `said:${panel.dataset.panel}${field.id}`
const token = document.querySelector("#post_form [name=csrfmiddlewaretoken]") ?? document.querySelector("[name=csrfmiddlewaretoken]")

// Whether somebody is signed in; if so, with the token that signing in has made.
async function isSignedIn(panel) {
  const said = await (await fetch(panel.dataset.session)).json()
  if (said.signed_in) token.value = said.csrf
  return said.signed_in
}

async function ask(panel, body, isSecond = false) {
  const answer = await fetch(panel.dataset.panel, {
    method: body ? "POST" : "GET",
    body,
    redirect: "manual",
    headers: { "X-CSRFToken": token.value, "X-Panel": "1" },
  })
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    if (isSecond) return { problem: REFUSED }
    return (await isSignedIn(panel)) ? ask(panel, body, true) : { problem: SIGNED_OUT }
  }
  if (!answer.ok && answer.status !== 422) return { problem: NO_ANSWER }
  return answer.json()
}

function show(panel, html) {
  const next = new DOMParser().parseFromString(html, "text/html").body.firstElementChild
  panel.replaceWith(next)
  start(next)
  return next
}

export async function refresh(panel) {
  try {
    const { html } = await ask(panel)
    return html ? show(panel, html) : panel
  } catch {
    return panel
  }
}

async function send(panel, button) {
  const body = new FormData()
  body.set("deed", button.dataset.deed)
  if (button.dataset.about) body.set("about", button.dataset.about)
  if (button.dataset.commentId) body.set("comment", button.dataset.commentId)
  const field = button.dataset.deed === "say" ? panel.querySelector("[data-says]") : null
  if (field) body.set(field.dataset.says, field.value)
  const problem = panel.querySelector("[data-problem]")
  problem.textContent = ""
  button.disabled = true
  const answer = await ask(panel, body).catch(() => ({ problem: NO_ANSWER }))
  if (answer.problem) {
    problem.textContent = answer.problem
    button.disabled = false
    button.focus()
    return
  }
  if (field) {
    field.value = ""
    sessionStorage.removeItem(key(panel, field))
  }
  const next = show(panel, answer.html)
  said.textContent = answer.said
  const place = field ? "[data-says]" : `[data-comment-id="${button.dataset.commentId}"], [data-deed], [data-says]`
  const again = [...next.querySelectorAll(place)].find((node) => node.checkVisibility())
  if (again) again.focus()
  else {
    const heading = next.querySelector("h2")
    heading.tabIndex = -1
    heading.focus()
  }
}

function keepTyping(panel, field) {
  field.value = sessionStorage.getItem(key(panel, field)) ?? field.value
  field.addEventListener("input", (event) => {
    event.stopPropagation()
    if (field.value) sessionStorage.setItem(key(panel, field), field.value)
    else sessionStorage.removeItem(key(panel, field))
  })
  field.addEventListener("keydown", (event) => {
    event.stopPropagation()
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) panel.querySelector("[data-deed=say]").click()
  })
}

function start(panel) {
  for (const hidden of panel.querySelectorAll("[data-script-only]")) hidden.hidden = false
  for (const plain of panel.querySelectorAll("[data-without-script]")) plain.hidden = true
  for (const field of panel.querySelectorAll("[data-says]")) keepTyping(panel, field)
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-deed]")
    if (!button) return
    if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) return
    send(panel, button)
  })
  panel.dispatchEvent(new CustomEvent("panel:shown", { bubbles: true }))
}

for (const panel of document.querySelectorAll("[data-panel]")) start(panel)
window.addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("[data-says]")].some((field) => field.value.trim())) event.preventDefault()
})
