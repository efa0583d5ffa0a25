// Who else is at the post, and whether it was saved meanwhile: advice, said once for each change.
import { element } from "editor/dialogs"

const EVERY = 12_000

const sentenceOf = ({ name, is_typing }) => (is_typing ? `${name} is writing in this post.` : `${name} has this post open.`)

// `beat(isTyping)` asks the server, which is told by `said(answer)` here as well as after each kept text.
export function presence({ place, form, changes, beat }) {
  const others = element("p", { className: "keeping__who" })
  const news = element("p", { className: "keeping__news" })
  place.append(others, news)
  let told = `${form.elements.seen_version?.value ?? ""} ${form.elements.seen_pending?.value ?? ""}`
  let typedAt = 0

  function said(answer) {
    if (!answer || answer.version === undefined) return
    const who = answer.others.map(sentenceOf).join(" ")
    if (others.textContent !== who) others.textContent = who
    const stands = `${answer.version} ${answer.pending ?? ""}`
    if (stands === told) return
    told = stands
    const by = answer.saved_by_you ? "You saved this post in another window" : `${answer.saved_by} saved this post`
    const link = element("a", { href: changes || location.pathname, target: "_blank", textContent: "See what changed" })
    news.replaceChildren(`${by} at ${answer.saved_at}. Nothing of yours is lost: when you save, both texts are shown. `, link)
  }

  const go = () => {
    if (document.visibilityState === "visible") beat(Date.now() - typedAt < EVERY)
  }
  setInterval(go, EVERY)
  document.addEventListener("visibilitychange", go)
  go()
  return { said, typed: () => (typedAt = Date.now()) }
}
