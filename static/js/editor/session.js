// Signing in again without leaving the page: the sign-in page itself in a frame, whatever steps it has.
import { element } from "editor/dialogs"

let open = null

// Resolves to what the server says of the session once somebody is signed in, to null when the dialog is left.
// `isModal`: somebody waits for it. Else it takes neither the focus nor a key from whoever is typing.
export function signIn({ login, session, user, name, isModal }) {
  if (open) {
    if (isModal) open.insist()
    return open.answer
  }
  let leave
  const answer = new Promise((resolve) => (leave = resolve))
  const frame = element("iframe", { src: login, title: "Sign in", className: "sign-in__frame" })
  const told = element("p", { className: "sign-in__told", textContent: "Your text is kept in this browser. Sign in, and you go on where you are." })
  const close = element("button", { type: "button", className: "dialog__cancel", textContent: "Not now" })
  const buttons = element("div", { className: "dialog__buttons" }, [close])
  const title = element("h2", { id: "sign-in-title", textContent: "You have been signed out" })
  const dialog = element("dialog", { className: "dialog sign-in", "aria-labelledby": title.id }, [
    title,
    told,
    frame,
    buttons,
  ])

  const end = (result) => {
    if (dialog.matches(":modal")) dialog.close()
    dialog.remove()
    open = null
    leave(result)
  }
  const look = async () => {
    if (frame.contentDocument?.querySelector("[data-sign-in-goes-on]")) return // a second step is being set up
    const { said } = await session()
    if (!said?.signed_in || !open) return
    if (said.user === user) return end(said)
    title.textContent = "Somebody else is signed in"
    told.textContent = `You are signed in as ${said.name} now, but this text was written by ${name}. Go on as ${said.name}, and it is theirs; or sign out in the newsroom and sign in as ${name}.`
    frame.hidden = true
    const go = element("button", { type: "button", className: "dialog__submit", textContent: `Go on as ${said.name}` })
    go.addEventListener("click", () => end(said))
    buttons.replaceChildren(close, go)
  }
  frame.addEventListener("load", look)
  window.addEventListener("focus", look)
  answer.finally(() => window.removeEventListener("focus", look))
  close.addEventListener("click", () => end(null))
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault()
    end(null)
  })
  const insist = () => {
    dialog.removeAttribute("open")
    dialog.classList.remove("sign-in--aside")
    dialog.showModal()
  }
  document.body.append(dialog)
  open = { answer, insist }
  if (isModal) insist()
  else {
    dialog.classList.add("sign-in--aside")
    dialog.setAttribute("open", "") // show() would take the focus
  }
  return answer
}
