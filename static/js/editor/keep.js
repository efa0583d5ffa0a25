// Nothing typed is lost: every key is kept in this browser at once and on the server within two seconds, and the form is
// sent only to a server that answers somebody who is signed in. Where to, stands in the data of `[data-keeping]`.
import { keepHere } from "editor/alone"
import { element } from "editor/dialogs"
import { drafts as openDrafts, shaOf, textOf } from "editor/drafts"
import { lineOf } from "editor/line"
import { presence } from "editor/presence"
import { recovery } from "editor/recovery"
import { signIn } from "editor/session"
import { AWAY, isAway, talker } from "editor/talk"

const PAUSE = 1500 // after the last key
const LONGEST = 5000 // while typing goes on
const TRIES = [1000, 2000, 4000, 8000, 15_000]
const ROOMY = 900 // px: narrower, a dialog would lie on the text
const SMALL = 60_000 // what a browser still sends for a page that is closed
const FULL = "This browser cannot keep your text: its store is full or closed to this page."
const ONLY_SERVER = `${FULL} It is kept on the server alone.`
const NOWHERE = `${FULL} And the server does not answer. Leave this page open, and copy your text to be sure.`
const AWAY_NOW = "The server does not answer. Nothing is lost: your text stands here and is kept in this browser."
const CHANGED = "The server holds something else than what was sent. Your text is kept in this browser; it is tried again."

export function guard(form) {
  const place = form.querySelector("[data-keeping]")
  if (!place) return keepHere(form)
  const data = place.dataset
  const fields = form.elements
  const [row, number] = (fields.kept_row?.value || ".").split(".")
  const now = { text: textOf(form), typedAt: 0, kept: null, row, number, isDirty: false, isInBrowser: true, isOut: false }
  const talk = talker(form, data.session)
  const sent = new Set()
  let store = null
  let at = null
  let found = null
  let sending = null
  let wait
  let since = 0
  let failed = 0
  let isRefused = false
  let isLeaving = false
  let isPassing = false
  let hasPassed = false

  // What is said

  const { say, warn, button, isSaying, isWarningOf } = lineOf(place)

  // In this browser

  function isInBrowser(is) {
    if (now.isInBrowser === is) return
    now.isInBrowser = is
    if (!is) warn(failed ? NOWHERE : ONLY_SERVER)
    else if (isWarningOf(FULL)) warn(failed ? AWAY : "")
  }
  const record = () => ({
    text: now.text,
    typed_at: now.typedAt,
    isKept: now.kept === now.text,
    user: data.user,
    scope: data.scope,
    post: data.post,
    key: fields.kept_key?.value,
    base_version: fields.seen_version?.value,
    row: now.row,
    number: now.number,
    sent: [...sent], // whose answers are still out
  })

  const newest = () => {
    now.text = textOf(form)
    return record()
  }

  function typed() {
    const text = textOf(form)
    if (text === now.text) return
    now.text = text
    now.isDirty = true
    now.typedAt = Date.now()
    isRefused = false
    store?.keep(record)
    at?.typed()
    since ||= now.typedAt
    if (!failed && !now.isOut) schedule(Math.min(PAUSE, Math.max(0, since + LONGEST - now.typedAt)))
  }

  // On the server

  function schedule(after) {
    clearTimeout(wait)
    wait = setTimeout(send, after)
  }

  const query = () => ({
    user: data.user,
    post: data.post,
    key: fields.kept_key?.value,
    row: now.row,
    number: now.number,
    base_version: fields.seen_version?.value,
    typed_at: now.typedAt,
  })

  // Sends what stands in the form, unless it is kept; one request at a time. Resolves to a word.
  function send() {
    clearTimeout(wait)
    sending ??= sendOnce().finally(() => (sending = null))
    return sending
  }

  // For whoever needs on the server what is typed, such as the preview.
  form.keepNow = async () => {
    await sending
    return now.isDirty || now.row ? send() : "nothing"
  }

  async function sendOnce() {
    const text = (now.text = textOf(form))
    if (!now.isDirty || now.kept === text) return "kept"
    since = 0
    const sha = await shaOf(text)
    sent.add(sha)
    return answered(await talk.post(data.autosave, query(), text), text, sha)
  }

  async function answered(answer, text, sha) {
    const { status, said } = answer
    if (status === 200 && said) return (await isWhatWasSent(said, text, sha)) ? isKept(said, text) : again(CHANGED)
    if (isAway(answer)) return again(said?.sentence || AWAY)
    if (status === 401 || said?.problem === "somebody_else") return signedOut()
    if (said?.problem === "elsewhere") {
      const isOurs = sha ? sent.has(said.sha) : await isWhatWasSent(said, text, sha)
      return isOurs ? goOn(said) : elsewhere(said)
    }
    isRefused = true
    warn(said?.sentence || "The server does not take this text. It is kept in this browser.")
    return "refused"
  }

  // Without a hash of our own, the stored text itself is compared.
  async function isWhatWasSent(said, text, sha) {
    if (sha) return said.sha === sha
    const stored = await talk.get(data.autosaved, { user: data.user, row: said.row })
    return stored.said?.text === text
  }

  function isKept(said, text) {
    sent.clear()
    failed = 0
    takeRow(said)
    now.kept = text
    warn(now.isInBrowser ? "" : ONLY_SERVER)
    store?.keep(newest)
    if (textOf(form) === text) say(`Kept at ${said.at}. Only you have it until you save.`)
    else schedule(PAUSE)
    at?.said(said)
    return "kept"
  }

  function takeRow(said) {
    now.row = said.row
    now.number = said.number
    if (fields.kept_row) fields.kept_row.value = `${said.row}.${said.number}`
  }

  function again(sentence) {
    warn(now.isInBrowser ? sentence : NOWHERE)
    schedule(TRIES[Math.min(failed, TRIES.length - 1)])
    failed += 1
    return "away"
  }

  // Our own text, whose answer was lost.
  function goOn(said) {
    takeRow(said)
    sending = null
    return send()
  }

  function elsewhere(said) {
    const isAbove = found?.isOffered(said.row)
    const here = button(isAbove ? "Keep this one instead" : "Go on here", async () => {
      await found?.takeOver(said)
      warn("")
      goOn(said)
    })
    if (isAbove) {
      warn(`Your text of ${said.at} waits to be brought back or thrown away. Until then, what you type now is kept in this browser only.`, here)
    } else {
      const look = element("a", { href: location.pathname, target: "_blank", textContent: "Look at it" })
      warn(`This post is open in another window of yours, which has newer text (${said.at}). What you type here is kept in this browser.`, here, look)
    }
    return "elsewhere"
  }

  // Signed out

  function signedOut() {
    now.isOut = true
    const ask = button("Sign in", () => signedInAgain(true))
    warn("You have been signed out. What you type is kept in this browser.", ...(data.login ? [ask] : []))
    if (data.login && window.innerWidth >= ROOMY) signedInAgain(false)
    return "signed out"
  }

  // `isModal`: somebody waits for it. True once somebody is signed in, and what stands in the form is on its way.
  async function signedInAgain(isModal) {
    const answer = data.login ? await signIn({ login: data.login, session: talk.session, user: data.user, name: data.name, isModal }) : null
    if (!answer) return false
    now.isOut = false
    becomes(answer)
    warn("")
    send()
    return true
  }

  // Whoever has signed in goes on with the form; another user's row is not touched.
  function becomes({ user, name }) {
    if (user === data.user) return
    data.user = user
    data.name = name
    now.kept = now.row = now.number = null
    if (fields.kept_row) fields.kept_row.value = ""
  }

  // The form itself is sent when the server answers, and to whom it should

  async function ready() {
    say("Saving…")
    if (now.isOut && !(await signedInAgain(true))) return false
    await sending
    let word = await send()
    if (word === "signed out") word = (await signedInAgain(true)) ? await send() : word
    if (word === "refused" || word === "signed out") return false
    const { status, said } = word === "away" ? { status: 0 } : await talk.session()
    if (status !== 200 || !said) return stay(`${AWAY_NOW} Press the button again in a moment.`)
    if (said.signed_in === false || (data.login && said.user !== data.user)) return signedInAgain(true)
    return true
  }
  function stay(sentence) {
    warn(sentence)
    return false
  }

  // After all other listeners, so that what they refuse is not sent.
  document.addEventListener("submit", async (event) => {
    if (event.target !== form || event.defaultPrevented) return
    if (isPassing) return (hasPassed = true)
    event.preventDefault()
    if (isLeaving) return
    isLeaving = true
    const { submitter } = event
    isPassing = await ready()
    if (isPassing) form.requestSubmit(submitter)
    else if (isSaying("Saving…")) say("")
    isLeaving = isPassing = hasPassed
  })
  window.addEventListener("pageshow", () => (isLeaving = isPassing = hasPassed = false))

  // Everything that changes a field; jQuery's widgets tell jQuery only

  const changed = ({ target }) => {
    const isSoonInItsField = target.isContentEditable // the editor tells its textarea, and that tells us
    if (!isSoonInItsField && (form.contains(target) || target === document)) typed()
  }
  form.addEventListener("input", changed)
  window.django?.jQuery?.(form).on("change", changed)
  if (!window.django?.jQuery) form.addEventListener("change", changed)
  document.addEventListener("formset:added", changed)
  document.addEventListener("formset:removed", changed)
  window.addEventListener("online", () => failed && send())
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && isUnsent() && send())
  window.addEventListener("pagehide", () => {
    if (isPassing) return
    const text = textOf(form)
    if (isUnsent() && text.length < SMALL) talk.post(data.autosave, query(), text, { keepalive: true })
    if (data.post && data.presence) talk.post(data.presence, { user: data.user, post: data.post, leaving: "" }, "", { keepalive: true })
  })
  const isUnsent = () => now.isDirty && now.kept !== now.text && !isRefused
  window.addEventListener("beforeunload", (event) => {
    if (isUnsent() && !isPassing && !(now.isInBrowser && store?.isIdle())) event.preventDefault()
  })

  if (data.presence) {
    const beat = async (isTyping) => {
      if (now.isDirty) typed() // whatever told nobody
      const answer = await talk.post(data.presence, { user: data.user, post: data.post, typing: isTyping ? "" : null })
      if (answer.status === 401 || answer.said?.problem === "somebody_else") signedOut()
      else at?.said(answer.said)
    }
    at = presence({ place: place.querySelector("[data-keeping-others]"), form, changes: data.changes, beat })
  }
  openDrafts(isInBrowser).then((opened) => {
    store = opened
    if (fields.kept_window) fields.kept_window.value = store.mine
    if (now.isDirty) store.keep(newest)
    found = recovery({ data, drafts: store, talk, seen: () => now, decided: () => now.isDirty && send() })
  })
}
