// The library's dialog: search, thumbnails, one click; or a picture of one's own, chosen or dropped, which goes into the
// library first. Resolves to a picture as images/picking.py describes it, or to null.
import { element } from "editor/dialogs"
import { picturesOf, upload } from "editor/uploading"

const ACCEPTED = "image/jpeg,image/png,image/webp,image/avif,image/gif"

// A place for one picture from this machine. `done` gets it once the library has it.
function dropZone(address, done) {
  const file = element("input", { type: "file", accept: ACCEPTED, className: "visually-hidden", tabIndex: -1, "aria-hidden": "true" })
  const choose = element("button", { type: "button", className: "library__upload", textContent: "Upload a picture" })
  const bar = element("progress", { max: 1, value: 0, hidden: true, "aria-label": "How far the upload is" })
  const state = element("p", { className: "library__refusal", role: "alert" })
  const zone = element("div", { className: "library__zone" }, [choose, element("span", { textContent: "or drop one here" }), file, bar, state])
  const take = async ([picture]) => {
    if (!picture) return (state.textContent = "That is no picture. JPEG, PNG, WebP, AVIF and GIF are welcome.")
    state.textContent = ""
    bar.hidden = false
    choose.disabled = true
    try {
      const sent = await upload(picture, address, (share) => (bar.value = share))
      done(sent.picture)
    } catch (refusal) {
      state.textContent = refusal.message
    } finally {
      bar.hidden = true
      choose.disabled = false
      file.value = ""
    }
  }
  choose.addEventListener("click", () => file.click())
  file.addEventListener("change", () => file.files.length && take([...file.files]))
  return { zone, take, choose }
}

// Files may be dropped anywhere on the dialog; a browser would otherwise open them and leave the page.
function acceptDrops(dialog, { zone, take }) {
  dialog.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    zone.classList.add("is-over")
  })
  dialog.addEventListener("dragleave", (event) => dialog.contains(event.relatedTarget) || zone.classList.remove("is-over"))
  dialog.addEventListener("drop", (event) => {
    event.preventDefault()
    zone.classList.remove("is-over")
    take(picturesOf(event.dataTransfer))
  })
}

export function pickPicture({ address, upload: uploadAddress }) {
  return new Promise((resolve) => {
    const words = element("input", { type: "search", placeholder: "Words of the title, caption or credit", "aria-label": "Search the library" })
    const list = element("ul", { className: "library__list", "aria-label": "Pictures" })
    const state = element("p", { className: "library__state", role: "status" })
    const more = element("button", { type: "button", className: "dialog__cancel", textContent: "More", hidden: true })
    const close = element("button", { type: "button", className: "dialog__cancel", textContent: "Cancel" })
    let picked = null
    let page = 1
    let wait
    let asked = 0

    const pick = (picture) => {
      picked = picture
      dialog.close()
    }
    const own = dropZone(uploadAddress, pick)
    const dialog = element("dialog", { className: "dialog dialog--wide library", "aria-label": "Picture library" }, [
      element("div", { className: "library__head" }, [element("h2", { textContent: "Picture library" }), words]),
      ...(uploadAddress ? [own.zone] : []),
      state,
      list,
      element("div", { className: "dialog__buttons" }, [more, close]),
    ])
    if (uploadAddress) acceptDrops(dialog, own)

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
        state.textContent = list.children.length ? "" : "No picture matches. Try fewer words, or upload one."
      } catch {
        if (mine === asked) state.textContent = "The library did not answer. Check the connection and search again."
      }
    }
    const entry = (picture) => {
      const choose = element("button", { type: "button", title: picture.name }, [
        element("img", { src: picture.thumbnail, alt: "", loading: "lazy" }),
        element("span", { textContent: picture.name }),
      ])
      choose.addEventListener("click", () => pick(picture))
      return element("li", {}, [choose])
    }
    words.addEventListener("input", () => {
      clearTimeout(wait)
      wait = setTimeout(() => load(1), 250)
    })
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return
      event.preventDefault()
      clearTimeout(wait)
      load(1)
    })
    more.addEventListener("click", () => load(page + 1))
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
