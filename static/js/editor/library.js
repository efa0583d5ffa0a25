// The library's dialog: search, thumbnails, one click. Resolves to a picture as images/picking.py describes it, or to null.
import { element } from "editor/dialogs"

export function pickPicture({ address, add }) {
  return new Promise((resolve) => {
    const words = element("input", { type: "search", placeholder: "Words of the title, caption or credit", "aria-label": "Search the library" })
    const list = element("ul", { className: "library__list" })
    const state = element("p", { className: "library__state", role: "status" })
    const more = element("button", { type: "button", className: "dialog__cancel", textContent: "More", hidden: true })
    const close = element("button", { type: "button", className: "dialog__cancel", textContent: "Cancel" })
    const upload = element("a", { href: add, target: "_blank", className: "library__add", textContent: "Add a picture to the library" })
    const again = element("button", { type: "button", className: "dialog__cancel", textContent: "Look again" })
    const dialog = element("dialog", { className: "dialog dialog--wide library", "aria-label": "Picture library" }, [
      element("div", { className: "library__head" }, [element("h2", { textContent: "Picture library" }), words]),
      state,
      list,
      element("div", { className: "dialog__buttons" }, [upload, again, more, close]),
    ])
    let picked = null
    let page = 1
    let wait
    let asked = 0

    const load = async (next) => {
      page = next
      const mine = ++asked
      state.textContent = "Looking…"
      try {
        const answer = await fetch(`${address}?${new URLSearchParams({ q: words.value, page })}`)
        if (!answer.ok) throw new Error(answer.status)
        const found = await answer.json()
        if (mine !== asked) return
        if (page === 1) list.replaceChildren()
        list.append(...found.images.map(entry))
        more.hidden = !found.more
        state.textContent = list.children.length ? "" : "No picture matches. Try fewer words, or add one to the library."
      } catch {
        state.textContent = "The library did not answer. Check the connection and look again."
      }
    }
    const entry = (picture) => {
      const choose = element("button", { type: "button", title: picture.name }, [
        element("img", { src: picture.thumbnail, alt: picture.alt || picture.name, loading: "lazy" }),
        element("span", { textContent: picture.name }),
      ])
      choose.addEventListener("click", () => {
        picked = picture
        dialog.close()
      })
      return element("li", {}, [choose])
    }
    words.addEventListener("input", () => {
      clearTimeout(wait)
      wait = setTimeout(() => load(1), 250)
    })
    words.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault())
    more.addEventListener("click", () => load(page + 1))
    again.addEventListener("click", () => load(1))
    close.addEventListener("click", () => dialog.close())
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(picked)
    })
    document.body.append(dialog)
    dialog.showModal()
    load(1)
  })
}
