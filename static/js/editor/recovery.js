// Texts that were typed and never saved: those only this browser has go to the server first, then all are offered.
import { shaOf } from "editor/drafts"
import { element } from "editor/dialogs"

const NOT_YET = 2000

// `seen()` is the row this window goes on with; `decided()` is called when an offer was answered.
export function recovery({ data, drafts, talk, seen, decided }) {
  const box = document.querySelector("[data-kept]")
  const offered = new Set()
  const isMine = ({ user, scope }) => user === data.user && scope === data.scope
  const query = (record, more = {}) => ({
    user: data.user,
    post: record.post,
    key: record.key,
    row: record.row,
    number: record.number,
    base_version: record.base_version,
    typed_at: record.typed_at,
    ...more,
  })
  if (box) for (const offer of box.querySelectorAll(".kept__offer")) wire(offer)
  begin()

  async function begin() {
    for (const window of (data.savedWindows ?? "").split(" ").filter(Boolean)) await drafts.forget(window).catch(() => {})
    if (await goThrough()) setTimeout(goThrough, NOT_YET) // the window before this one may not have let go yet
  }

  async function goThrough() {
    const { gone, open } = await drafts.left().catch(() => ({ gone: [], open: [] }))
    let isNew = false
    for (const record of gone) {
      if (record.user !== data.user) continue
      if (record.isKept) await drafts.forget(record.window)
      else isNew = (await handOver(record)) || isNew
    }
    if (isNew && box) await showAll()
    return open.some(isMine)
  }

  // True when the server now holds a text of this form that it did not hold before.
  async function handOver(record) {
    const sha = await shaOf(record.text)
    const { status, said } = await talk.post(data.autosave, query(record, { unless_same: "" }), record.text)
    if (status === 200 && (said.same || !sha || said.sha === sha)) {
      await drafts.forget(record.window)
      return !said.same && isMine(record)
    }
    if (status === 409 && said?.problem === "elsewhere") {
      if (sha && said.sha === sha) await drafts.forget(record.window)
      else if (record.sent?.includes(said.sha)) return handOver({ ...record, row: said.row, number: said.number, sent: [] })
      else if (isMine(record)) await showBeside(record, said)
    }
    if (status === 404 && record.post) return handOver(await asNew(record))
    return false
  }

  // The post is gone for good; its text is not.
  async function asNew(record) {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    return { ...record, post: "", scope: "post:new", key: hex, row: null, number: null }
  }

  async function showAll() {
    const { status, html } = await talk.get(data.offers, { user: data.user, post: data.post, row: seen().row })
    if (status !== 200 || !html) return
    for (const old of box.querySelectorAll(".kept__offer[data-row]")) old.remove()
    show(html)
  }

  function show(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html")
    const offers = [...parsed.querySelectorAll(".kept__offer")].map((offer) => document.adoptNode(offer))
    box.append(...offers)
    offers.forEach((offer) => wire(offer))
    return offers
  }

  // The server holds another text of the same form: both are offered.
  async function showBeside(record, theirs) {
    if (!box || box.querySelector(`[data-window="${record.window}"]`)) return
    const { said } = await talk.post(data.look, query(record), record.text)
    if (said?.same) return drafts.forget(record.window)
    if (!said?.html) return
    const [offer] = show(said.html)
    offer.dataset.window = record.window
    offer.querySelector("[data-bring-back]").addEventListener("click", async () => {
      await takeOver(theirs)
      const put = await talk.post(data.autosave, query(record, { row: theirs.row, number: theirs.number }), record.text)
      if (put.status !== 200) return problem(offer, put.said?.sentence || "The server does not answer. The text stays here; try again.")
      await drafts.forget(record.window)
      location.assign(`${location.pathname}?recover=${put.said.row}`)
    })
    offer.querySelector("[data-throw-away]").addEventListener("click", async () => {
      if (!window.confirm("Throw this text away for good?")) return
      await drafts.forget(record.window)
      done(offer)
    })
  }

  // Before this window writes over another text, that one is kept in this browser, unless an open window here has it.
  async function takeOver(theirs) {
    const { open } = await drafts.left()
    for (const { text } of open) if ((await shaOf(text)) === theirs.sha) return
    const { status, said } = await talk.get(data.autosaved, { user: data.user, row: theirs.row })
    if (status !== 200) return
    const { text, key, typed_at, base_version } = said
    await drafts.stash({ text, key, typed_at, base_version, user: data.user, scope: data.scope, post: data.post, row: null, number: null })
  }

  function wire(offer) {
    if (offer.dataset.row) offered.add(offer.dataset.row)
    const later = offer.querySelector("[data-look-later]")
    if (later) {
      later.hidden = false
      later.addEventListener("click", () => done(offer))
    }
    const form = offer.querySelector("form[data-throw-away]")
    form?.addEventListener("submit", async (event) => {
      event.preventDefault()
      if (!window.confirm("Throw this text away for good?")) return
      const query = new URLSearchParams(new FormData(form))
      const answer = await fetch(form.action, { method: "POST", body: query, headers: { Accept: "application/json" } }).catch(() => null)
      const said = answer?.ok ? await answer.json().catch(() => null) : null
      if (said?.gone) done(offer)
      else problem(offer, said ? "Another window has added to this text since. Open the form again and look." : "The server does not answer. The text stays; try again.")
    })
  }

  function problem(offer, sentence) {
    const line = offer.querySelector(".kept__problem") ?? element("p", { className: "kept__problem", role: "alert" })
    line.textContent = sentence
    offer.append(line)
  }

  function done(offer) {
    offer.remove()
    document.querySelector("#post_form textarea, form textarea")?.focus()
    decided()
  }

  return { takeOver, isOffered: (row) => offered.has(String(row)) }
}
