// Sends exports part by part, so that a connection that breaks costs a part and not an hour. Without it the form is sent as a whole.
import { token } from "../editor/uploading.js"

const TRIES = 12
const LONGEST_WAIT = 30
const SIGNED_OUT = "You are no longer signed in. Sign in in another window, then choose the files again."
const UNREACHED = "The server does not answer. Check the connection, then choose the files again."

const form = document.querySelector("[data-arriving]")
const section = form.querySelector("[data-sending]")
const said = section.querySelector("[data-sending-said]")
const bar = section.querySelector("progress")
const field = form.elements.files
let stopping = null

class Refusal extends Error {}

const seconds = (number) => new Promise((done) => setTimeout(done, number * 1000))
const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0)} MB`)

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    signal: stopping.signal,
  })
  if (answer.redirected) throw new Refusal(SIGNED_OUT)
  if (answer.status >= 500) throw new Error(UNREACHED)
  const told = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Refusal(told.refusal ?? `The server does not take the file (${answer.status}). Load this page again.`)
  return told
}

async function persistently(address, body) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await post(address, body)
    } catch (error) {
      if (error instanceof Refusal || stopping.signal.aborted) throw error
      if (tried === TRIES) throw new Refusal(UNREACHED)
      said.textContent = "The connection is broken; trying again."
      await seconds(Math.min(2 ** tried, LONGEST_WAIT))
    }
  }
}

async function sendAll(files) {
  const all = files.reduce((sum, file) => sum + file.size, 0)
  const body = new FormData(form)
  body.delete("files")
  body.set("list", JSON.stringify(files.map(({ name, size }) => ({ name, size }))))
  const way = await persistently(form.dataset.arriving, body)
  form.dataset.end = way.end
  let sent = 0
  for (const [number, file] of files.entries()) {
    for (let at = 0; at < file.size; at += way.size) {
      const part = file.slice(at, at + way.size)
      await persistently(`${way.parts}${number}/${at}/`, new Blob([await part.arrayBuffer()], { type: "application/octet-stream" }))
      sent += part.size
      bar.value = sent / all
      said.textContent = `${size(sent)} of ${size(all)} sent.`
    }
  }
  said.textContent = "Everything is sent; the files are being checked."
  bar.removeAttribute("value")
  return persistently(way.end, new FormData())
}

function refuse(sentence) {
  form.querySelector("[data-refusal]")?.remove()
  const list = document.createElement("ul")
  list.className = "errorlist"
  list.dataset.refusal = ""
  list.setAttribute("role", "alert")
  list.append(Object.assign(document.createElement("li"), { textContent: sentence }))
  field.before(list)
}

function turn(isSending) {
  section.hidden = !isSending
  form.querySelector("[data-sending-begin]").hidden = isSending
  field.disabled = isSending
}

function giveUp() {
  if (!form.dataset.end) return
  const body = new FormData()
  body.set("given_up", "yes")
  body.set("csrfmiddlewaretoken", token())
  navigator.sendBeacon(form.dataset.end, body)
  delete form.dataset.end
}

const warn = (event) => event.preventDefault()

async function send(files) {
  stopping = new AbortController()
  form.querySelector("[data-refusal]")?.remove()
  turn(true)
  bar.value = 0
  said.textContent = "Sending…"
  addEventListener("beforeunload", warn)
  try {
    const { page } = await sendAll(files)
    removeEventListener("beforeunload", warn)
    location.assign(page)
  } catch (error) {
    removeEventListener("beforeunload", warn)
    giveUp()
    turn(false)
    if (!stopping.signal.aborted) refuse(error instanceof Refusal ? error.message : UNREACHED)
  }
}

form.addEventListener("submit", (event) => {
  const files = [...field.files]
  const limit = Number(form.dataset.limit)
  const tooLarge = files.find((file) => limit && file.size > limit)
  if (!files.length || form.querySelector("[name=here]:checked")) return
  event.preventDefault()
  if (tooLarge) refuse(`${tooLarge.name} is larger than ${size(limit)}. Pack it (.zip or .gz), or have it put on the server.`)
  else send(files)
})
section.querySelector("[data-sending-stop]").addEventListener("click", () => stopping.abort())
