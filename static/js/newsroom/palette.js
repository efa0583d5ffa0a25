/* “Find”: a dialog that leads to any post, screen or deed by a few letters. Ctrl-K opens it, the link in the head too.
   Without this script the link leads to a page that does the same. */

const opener = document.querySelector("[data-find]")
const KEPT = 8
const PAUSE = 120 // ms without a key before the server is asked

if (opener && typeof HTMLDialogElement === "function") start()

function start() {
  const dialog = build()
  const input = dialog.querySelector("input")
  const list = dialog.querySelector("[role=listbox]")
  const told = dialog.querySelector("[role=status]")
  const memory = `newsroom.found.${opener.dataset.findUser}`
  let hits = []
  let chosen = -1
  let timer
  let asked = 0

  opener.setAttribute("role", "button")
  opener.setAttribute("aria-haspopup", "dialog")
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    open()
  })
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault()
      open()
    }
  })
  document.addEventListener("keydown", (event) => {
    const isAsked = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
    if (!isAsked || event.defaultPrevented || event.target.closest?.("[contenteditable=true]")) return
    if (document.querySelector("dialog[open]:not(.palette)")) return
    event.preventDefault()
    dialog.open ? dialog.close() : open()
  })

  function open() {
    if (dialog.open) return
    dialog.showModal()
    input.select()
    ask()
  }

  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  })
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close()
  })
  dialog.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }
    if (event.key in steps && hits.length) {
      event.preventDefault()
      choose(wrapped(chosen + steps[event.key], Math.abs(steps[event.key]) === 1))
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault()
      if (hits[chosen]) go(hits[chosen], event.ctrlKey || event.metaKey)
      else ask(true)
    }
  })
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]")
    if (option) go(hits[option.dataset.place], event.ctrlKey || event.metaKey)
  })

  function wrapped(place, isAround) {
    if (isAround) return (place + hits.length) % hits.length
    return Math.max(0, Math.min(hits.length - 1, place))
  }

  async function ask(isGoing = false) {
    clearTimeout(timer)
    const typed = input.value.trim()
    const number = ++asked
    try {
      const answer = await fetch(`${opener.dataset.find}?${new URLSearchParams({ q: typed })}`, {
        headers: { Accept: "application/json" },
      })
      if (number !== asked) return
      if (answer.redirected || !answer.ok) throw new Error(answer.status)
      const offered = (await answer.json()).hits
      if (number !== asked) return
      const recent = typed ? [] : remembered()
      const known = new Set(recent.map((hit) => hit.url))
      show([...recent, ...offered.filter((hit) => !known.has(hit.url))])
      if (isGoing && hits[chosen]) go(hits[chosen])
    } catch {
      if (number !== asked) return
      show([])
      told.textContent = "The server does not answer, or you are no longer signed in. Try again, or open the page anew."
    }
  }

  function show(found) {
    hits = found
    list.replaceChildren(...hits.map(line))
    input.setAttribute("aria-expanded", String(hits.length > 0))
    told.textContent = hits.length
      ? `${hits.length} found`
      : input.value.trim() && "Nothing is called so. Try fewer letters."
    choose(hits.length ? 0 : -1)
  }

  function choose(place) {
    list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false")
    chosen = place
    const option = list.children[place]
    if (!option) return input.removeAttribute("aria-activedescendant")
    option.setAttribute("aria-selected", "true")
    input.setAttribute("aria-activedescendant", option.id)
    option.scrollIntoView({ block: "nearest" })
  }

  function go(hit, isApart = false) {
    if (hit.is_deed) return document.querySelector(`form[action="${CSS.escape(hit.url)}"]`)?.requestSubmit() ?? post(hit.url)
    remember(hit)
    if (isApart) return window.open(hit.url, "_blank", "noopener")
    dialog.close()
    location.assign(hit.url)
  }

  function post(url) {
    const form = document.createElement("form")
    form.method = "post"
    form.action = url
    const token = document.querySelector("[name=csrfmiddlewaretoken]")
    if (token) form.append(token.cloneNode())
    document.body.append(form)
    form.submit()
  }

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(memory) ?? "[]").map((hit) => ({ ...hit, kind: "Recent" }))
    } catch {
      return []
    }
  }

  function remember(hit) {
    const others = remembered().filter((one) => one.url !== hit.url)
    try {
      localStorage.setItem(memory, JSON.stringify([hit, ...others].slice(0, KEPT)))
    } catch {
      /* a full or forbidden store: then nothing is remembered */
    }
  }
}

function line(hit, place) {
  const option = document.createElement("li")
  option.id = `palette-${place}`
  option.className = "hit"
  option.dataset.place = place
  option.setAttribute("role", "option")
  option.setAttribute("aria-selected", "false")
  for (const [part, text] of [["label", hit.label], ["note", hit.note], ["kind", hit.kind]]) {
    const span = document.createElement("span")
    span.className = `hit__${part}`
    span.textContent = text
    option.append(span, " ")
  }
  return option
}

function build() {
  const dialog = document.createElement("dialog")
  dialog.className = "palette"
  dialog.setAttribute("aria-label", "Find")
  dialog.innerHTML = `
    <div class="palette__box">
      <div class="palette__line">
        <input class="palette__words" type="text" role="combobox" maxlength="200" autocomplete="off" spellcheck="false"
          aria-label="A post, author, page, category, tag, screen or deed" aria-autocomplete="list" aria-expanded="false"
          aria-controls="palette-hits" placeholder="A post, author, screen, deed …">
        <button class="palette__close" type="button">Close</button>
      </div>
      <ul class="palette__hits" id="palette-hits" role="listbox" aria-label="Found"></ul>
      <p class="palette__told" role="status"></p>
    </div>`
  dialog.querySelector(".palette__close").addEventListener("click", () => dialog.close())
  document.body.append(dialog)
  return dialog
}
