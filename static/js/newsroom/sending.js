// A form of the newsroom is sent only to a server that answers, and to whom it should. Until then it stands as it was typed,
// and is sent by itself. The form of a post has ways of its own (editor/keep.js).
const AWAY = "The server does not answer just now. Nothing is lost: what you typed stands here, and is sent as soon as the server is back. Leave this page open."
const OUT = "You have been signed out. What you typed stands here: sign in in another window, then press the button again."
const PAUSE = 2000
const PATIENCE = 20_000
const session = document.querySelector("meta[name=session]")?.content
const passing = new WeakSet()
const waiting = new WeakSet()

function say(form, sentence) {
  let line = form.querySelector("[data-sending]")
  if (!line && !sentence) return
  if (!line) {
    line = document.createElement("p")
    line.className = "errornote"
    line.dataset.sending = ""
    line.setAttribute("role", "alert")
    form.append(line)
  }
  line.hidden = !sentence
  if (line.textContent !== sentence) line.textContent = sentence
  if (sentence) line.scrollIntoView({ block: "nearest" })
}

async function asked() {
  try {
    const answer = await fetch(session, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) })
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

// Whether the form may go now; waits for as long as nobody answers.
async function isHeard(form) {
  for (;;) {
    const said = await asked()
    if (said?.signed_in === false) {
      say(form, OUT)
      return false
    }
    if (said) {
      if (said.csrf && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = said.csrf
      say(form, "")
      return true
    }
    say(form, AWAY)
    await new Promise((then) => setTimeout(then, PAUSE))
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target
  const isOfThePage = form.closest("#content") && form.getAttribute("method")?.toLowerCase() === "post"
  const isOurs = isOfThePage && !form.querySelector("[data-keeping]")
  if (event.defaultPrevented || !isOurs || passing.has(form)) return
  event.preventDefault()
  if (waiting.has(form)) return
  waiting.add(form)
  const { submitter } = event
  if (await isHeard(form)) {
    passing.add(form)
    form.requestSubmit(submitter)
    setTimeout(() => passing.delete(form)) // the browser has it, or another script refused it
  }
  waiting.delete(form)
})
