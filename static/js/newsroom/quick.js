// Quick edit in the list: the small form of a post in a dialog. Without this script the link opens it on its own page.
const NO_ANSWER = "The server did not answer. What you typed is still here: try again."
const SIGNED_OUT = "Your session has ended. Sign in in another window, then save again: what you typed is still here."
const REFUSED = "You may not change this post any more: it is out, or in somebody else's hands. Copy what you typed."
const BACK = "quick edit: back to"

const element = (tag, attributes) => Object.assign(document.createElement(tag), attributes)

// Whether somebody is signed in; if so, with the token that signing in has made.
async function isSignedIn(form) {
  const said = await (await fetch(form.dataset.session)).json()
  if (said.signed_in) form.elements.csrfmiddlewaretoken.value = said.csrf
  return said.signed_in
}

async function ask(address, form, isSecond = false) {
  const body = form && new FormData(form)
  const answer = await fetch(address, { method: body ? "POST" : "GET", body, redirect: "manual", headers: { "X-Panel": "1" } })
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    if (form && !isSecond && (await isSignedIn(form))) return ask(address, form, true)
    throw new Error(isSecond ? REFUSED : SIGNED_OUT)
  }
  if (!answer.ok && answer.status !== 422) throw new Error(NO_ANSWER)
  return answer.json()
}

const typed = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"))

function fill(dialog, link, html) {
  const heading = element("h2", { id: "quick-heading", textContent: link.getAttribute("aria-label") })
  const form = new DOMParser().parseFromString(html, "text/html").querySelector("form")
  const problem = element("p", { className: "aside__problem" })
  problem.setAttribute("role", "alert")
  const leave = form.querySelector("[data-leave]")
  dialog.replaceChildren(heading, form)
  leave.hidden = false
  leave.addEventListener("click", () => (dialog.requestClose ? dialog.requestClose() : dialog.close()))
  form.querySelector(".sheet__buttons").before(problem)
  dialog.opened ??= typed(form)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const button = form.querySelector("[type=submit]")
    problem.textContent = ""
    button.disabled = true
    try {
      const answer = await ask(link.href, form)
      if (answer.saved) {
        dialog.opened = typed(form)
        sessionStorage.setItem(BACK, link.pathname)
        location.reload()
      } else fill(dialog, link, answer.html)
    } catch (error) {
      problem.textContent = error instanceof TypeError ? NO_ANSWER : error.message
      button.disabled = false
    }
  })
  const first = form.querySelector(".errorlist, .quick-form__theirs, .quick-form__problem")
  const field = first?.closest(".quick-form__row")?.querySelector("input, select, textarea") ?? form.querySelector("input:not([type=hidden])")
  field.focus()
}

async function open(link) {
  const dialog = element("dialog", { className: "quick-dialog" })
  dialog.setAttribute("aria-labelledby", "quick-heading")
  let html
  try {
    html = (await ask(link.href)).html
  } catch {
    location.assign(link.href)
    return
  }
  document.body.append(dialog)
  fill(dialog, link, html)
  dialog.addEventListener("cancel", (event) => {
    const changed = typed(dialog.querySelector("form")) !== dialog.opened
    if (changed && !window.confirm("Leave without saving what you changed?")) event.preventDefault()
  })
  dialog.addEventListener("close", () => {
    dialog.remove()
    link.focus()
  })
  dialog.showModal()
  dialog.querySelector("input:not([type=hidden])").focus()
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-quick]")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  open(link)
})

const back = sessionStorage.getItem(BACK)
sessionStorage.removeItem(BACK)
if (back) document.querySelector(`[data-quick][href="${back}"]`)?.focus()
