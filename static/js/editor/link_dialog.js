// One field for a link: an address, or words of one's own posts, pages, sections and authors, found as they are typed.
import { addressIn } from "editor/addresses"
import { dialogOf, element } from "editor/dialogs"

const AFTER = 150
const LONGEST_PROPOSAL = 80
const NO_ADDRESS = "This post has no address until it is published or has a date."
const NOT_ONE = "This is no address. Choose from the list, or write an address such as example.org/page."
let number = 0

export async function editLink(editor) {
  const { from, to, empty } = editor.state.selection
  const was = editor.getAttributes("link").href ?? ""
  const marked = editor.state.doc.textBetween(from, to, " ").trim()
  const given = await askLink({ was, proposal: marked.length <= LONGEST_PROPOSAL ? marked : "", search: editor.options.links })
  editor.view.focus() // at once: the command waits for a frame
  if (!given) return
  const chain = editor.chain().focus()
  if (given.remove) return chain.extendMarkRange("link").unsetLink().run()
  const { href } = given
  if (empty && !was) {
    const text = given.title || given.typed
    return chain.insertContent({ type: "text", text, marks: [{ type: "link", attrs: { href } }] }).unsetMark("link").run()
  }
  chain.extendMarkRange("link").setMark("link", { ...editor.getAttributes("link"), href }).run()
}

function askLink({ was, proposal, search }) {
  return new Promise((resolve) => {
    const id = `link-${++number}`
    const input = element("input", {
      id,
      type: "text",
      value: was || proposal,
      autocomplete: "off",
      spellcheck: false,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-describedby": `${id}-help`,
    })
    const list = element("ul", { id: `${id}-list`, className: "links__list", role: "listbox", "aria-label": "What was found", hidden: true })
    const state = element("p", { className: "links__state", role: "status" })
    const problem = element("p", { className: "dialog__problem", role: "alert" })
    const button = (textContent, name, type = "button") => element("button", { type, className: `dialog__${name}`, textContent })
    const [remove, cancel, submit] = [button("Remove the link", "cancel"), button("Cancel", "cancel"), button("Link", "submit", "submit")]
    const open = element("a", { className: "links__open", target: "_blank", rel: "noopener", textContent: "Open", hidden: true })
    const { dialog, form } = dialogOf(was ? "Change the link" : "Link", [
      element("div", { className: "dialog__field links" }, [
        element("label", { htmlFor: id, textContent: search ? "Address, or words of a post" : "Address" }),
        input,
        element("p", { id: `${id}-help`, className: "dialog__help", textContent: search ? "Posts, pages, sections, tags and authors are found as you type." : "For instance example.org/page." }),
        list,
        state,
      ]),
      problem,
      element("div", { className: "dialog__buttons" }, [element("span", { className: "dialog__extra links__left" }, [open, ...(was ? [remove] : [])]), cancel, submit]),
    ])
    dialog.classList.add("dialog--links")
    const leave = (given) => {
      dialog.close()
      resolve(given) // now, before the next key: the close event comes late
    }
    const choices = searching({ input, list, state, search })
    const choose = (row) => {
      if (row.address) return leave({ href: row.address, title: row.title, typed: input.value })
      problem.textContent = NO_ADDRESS
    }
    const look = () => {
      problem.textContent = ""
      const address = addressIn(input.value)
      open.hidden = !address?.href
      if (address?.href) open.href = address.href
      choices.look(address ? "" : input.value.trim())
    }
    input.addEventListener("input", look)
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault()
        choices.move(event.key === "ArrowDown" ? 1 : -1)
      }
      if (event.key === "Escape" && choices.leave()) event.preventDefault()
    })
    list.addEventListener("mousedown", (event) => event.preventDefault())
    list.addEventListener("click", (event) => {
      const row = choices.rowOf(event.target.closest("[role=option]"))
      if (row) choose(row)
    })
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const chosen = choices.active()
      if (chosen) return choose(chosen)
      const address = addressIn(input.value)
      if (address?.href) return leave({ href: address.href, typed: input.value.trim() })
      problem.textContent = address?.problem ?? (input.value.trim() ? NOT_ONE : "Write an address, or words to look for.")
      input.focus()
    })
    cancel.addEventListener("click", () => leave(null))
    dialog.addEventListener("cancel", () => leave(null))
    remove.addEventListener("click", () => leave({ remove: true }))
    dialog.addEventListener("close", () => {
      choices.end()
      dialog.remove()
      resolve(null)
    })
    document.body.append(dialog)
    dialog.showModal()
    input.focus()
    input.select()
    look()
  })
}

// The list under the field: the keyboard stays in the field, and says which row it is on.
function searching({ input, list, state, search }) {
  let rows = []
  let at = -1
  let asked = 0
  let wait
  const options = () => [...list.children]
  const show = () => {
    list.hidden = !rows.length
    input.setAttribute("aria-expanded", String(rows.length > 0))
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === at)))
    if (at < 0) return input.removeAttribute("aria-activedescendant")
    input.setAttribute("aria-activedescendant", options()[at].id)
    options()[at].scrollIntoView({ block: "nearest" })
  }
  const fill = (found, sentence) => {
    rows = found
    at = -1
    list.replaceChildren(...rows.map((row, place) => option(row, `${list.id}-${place}`)))
    state.textContent = sentence
    show()
  }
  const ask = async (words) => {
    const mine = ++asked
    try {
      const answer = await fetch(`${search}?${new URLSearchParams({ q: words })}`, { headers: { Accept: "application/json" } })
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      const { results } = await answer.json()
      if (mine !== asked) return
      fill(results, results.length ? `${results.length} found. The arrow keys lead to them.` : "Nothing has these words. Try fewer, or write an address.")
    } catch {
      if (mine === asked) fill([], "The search did not answer. Check the connection, or write the address.")
    }
  }
  return {
    look(words) {
      clearTimeout(wait)
      asked++
      if (!search || words.length < 2) return fill([], "")
      wait = setTimeout(() => ask(words), AFTER)
    },
    move(step) {
      if (!rows.length) return
      at = at < 0 ? (step > 0 ? 0 : rows.length - 1) : (at + step + rows.length) % rows.length
      show()
    },
    leave() {
      if (!rows.length) return false
      fill([], "")
      return true
    },
    active: () => rows[at] ?? null,
    rowOf: (option) => rows[options().indexOf(option)],
    end: () => {
      clearTimeout(wait)
      asked++
    },
  }
}

function option(row, id) {
  const told = [row.kind, row.status, row.date].filter(Boolean).join(", ")
  return element("li", { id, role: "option", "aria-selected": "false", "aria-disabled": row.address ? null : "true" }, [
    element("span", { className: "links__title", dir: "auto", textContent: row.title }),
    element("span", { className: "links__told", textContent: row.address ? told : `${told}, no address yet` }),
  ])
}
