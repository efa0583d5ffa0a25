// What stands between paragraphs: pictures from the library, embeds, pull quotes and any other figure.
import { Node } from "django-prose-editor/editor"
import { describe, remember } from "editor/describing"
import { ask } from "editor/dialogs"
import { NAMES, recognised } from "editor/embeds"
import { pickPicture } from "editor/library"

const PLACES = { left: "Left", right: "Right", wide: "Wide" }
const under = (figure) => figure.querySelector(":scope > figcaption")
const nothing = () => document.createElement("div")
const own = (figure, selector) => [...figure.querySelectorAll(selector)].filter((found) => !under(figure)?.contains(found))
const spoken = (figure) => {
  const copy = figure.cloneNode(true)
  under(copy)?.remove()
  return copy.textContent.trim()
}
const kept = (names) => Object.fromEntries(names.map((name) => [name, { default: null, rendered: false }]))
const present = (attributes) => Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null && value !== ""))
const captionOf = (figure) => ({
  captionLang: under(figure)?.getAttribute("lang") ?? null,
  captionDir: under(figure)?.getAttribute("dir") ?? null,
})
const caption = ({ captionLang, captionDir }) => ["figcaption", present({ lang: captionLang, dir: captionDir }), 0]

const leave = ({ editor }) => {
  const { $from } = editor.state.selection
  if (!["picture", "embed", "figcaption"].includes($from.parent.type.name)) return false
  const after = $from.after($from.parent.type.name === "figcaption" ? $from.depth - 1 : $from.depth)
  return editor.chain().insertContentAt(after, { type: "paragraph" }).setTextSelection(after + 1).focus().run()
}

// Puts a figure after the block with the cursor, or in place of an empty paragraph, and the cursor behind it.
const place = ({ chain, state }, node) => {
  const { $to } = state.selection
  const block = $to.depth ? $to.node(1) : state.selection.node
  const at = $to.depth ? $to.after(1) : state.selection.to
  const spot = block?.type.name === "paragraph" && !block.content.size ? { from: at - block.nodeSize, to: at } : at
  const start = typeof spot === "number" ? spot : spot.from
  return chain()
    .insertContentAt(spot, [node, { type: "paragraph" }])
    .command(({ tr, commands }) => {
      const inserted = tr.doc.nodeAt(start)
      return inserted ? commands.setTextSelection(start + inserted.nodeSize + 1) : true
    })
    .focus()
    .run()
}

const button = (label, act) => {
  const made = document.createElement("button")
  made.type = "button"
  made.textContent = label
  made.addEventListener("click", act)
  return made
}

// The library's picture as it stands in the text, with its caption and, in small, its credit.
const nodeOf = ({ src, alt, width, height, id, caption, credit }) => {
  const words = [caption, caption && credit ? " " : ""].join("")
  const content = words ? [{ type: "text", text: words }] : []
  if (credit) content.push({ type: "text", text: credit, marks: [{ type: "mark_small" }] })
  return { type: "picture", attrs: { src, alt, width, height, image: id, kind: "image" }, content }
}

export const Picture = Node.create({
  name: "picture",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  defining: true,
  addAttributes: () => kept(["src", "alt", "width", "height", "image", "href", "kind", "captionLang", "captionDir"]),
  parseHTML: () => [
    {
      tag: "figure",
      priority: 70,
      contentElement: (figure) => under(figure) ?? nothing(),
      getAttrs: (figure) => {
        const [img, ...more] = own(figure, "img")
        if (!img || more.length || spoken(figure) || own(figure, "figure, table, blockquote").length) return false
        return {
          src: img.getAttribute("src"),
          alt: img.getAttribute("alt"),
          width: img.getAttribute("width"),
          height: img.getAttribute("height"),
          image: img.getAttribute("data-image"),
          href: img.closest("a")?.getAttribute("href") ?? null,
          kind: figure.getAttribute("class") ?? "image",
          ...captionOf(figure),
        }
      },
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { src, alt, width, height, image, href, kind } = node.attrs
    const img = ["img", { ...present({ src, width, height, "data-image": image }), ...(alt === null ? {} : { alt }) }]
    return ["figure", { ...HTMLAttributes, class: kind }, href ? ["a", { href }, img] : img, caption(node.attrs)]
  },
  addKeyboardShortcuts() {
    return { Enter: () => leave(this) }
  },
  addCommands: () => ({
    insertPicture: (picture) => (props) => place(props, nodeOf(picture)),
    insertPictureAt:
      (at, picture) =>
      ({ commands }) =>
        commands.insertContentAt(at, nodeOf(picture), { updateSelection: false }),
  }),
  addNodeView() {
    return ({ node, editor, getPos }) => new PictureView(node, editor, getPos)
  },
})

class PictureView {
  constructor(node, editor, getPos) {
    Object.assign(this, { node, editor, getPos })
    this.dom = document.createElement("figure")
    this.img = document.createElement("img")
    this.bar = document.createElement("div")
    this.bar.className = "figure-bar"
    this.bar.contentEditable = "false"
    this.places = Object.keys(PLACES).map((place) => button(PLACES[place], () => this.put(place)))
    this.bar.append(
      button("Alternative text", () => this.describe()),
      button("Another picture", () => this.exchange()),
      ...this.places,
      button("Remove", () => this.remove()),
    )
    this.contentDOM = document.createElement("figcaption")
    this.contentDOM.dataset.placeholder = "Caption"
    this.dom.append(this.img, this.bar, this.contentDOM)
    this.show()
  }

  // Left and right of the text, or wider than it; pressing what is chosen puts the picture back between the lines.
  put(place) {
    const names = (this.node.attrs.kind ?? "image").split(" ").filter((name) => !(name in PLACES))
    this.change({ kind: (this.isAt(place) ? names : [...names, place]).sort().join(" ") })
  }

  isAt(place) {
    return (this.node.attrs.kind ?? "").split(" ").includes(place)
  }

  show() {
    const { src, alt, kind, width, height } = this.node.attrs
    this.dom.className = `${kind ?? ""} figure-view`
    if (this.img.getAttribute("src") !== src) this.img.src = src
    if (width && height) Object.assign(this.img, { width, height })
    this.img.alt = alt ?? ""
    this.bar.dataset.mute = alt ? "" : "This picture has no alternative text."
    Object.keys(PLACES).forEach((place, at) => this.places[at].setAttribute("aria-pressed", this.isAt(place)))
    this.contentDOM.classList.toggle("is-empty", this.node.content.size === 0)
  }

  change(attributes) {
    this.editor.commands.command(({ tr }) => {
      tr.setNodeMarkup(this.getPos(), undefined, { ...this.node.attrs, ...attributes })
      return true
    })
  }

  async describe() {
    const { alt, src } = this.node.attrs
    const given = await describe({ alt, src, is_decorative: alt === "" }, { title: "Alternative text", submit: "Keep", only: true })
    if (given) this.change({ alt: given.alt })
  }

  // The caption under the figure stays: the writer sees whether it still fits.
  async exchange() {
    const picked = await pickPicture(this.editor.options.library)
    const given = picked && (await describe(picked, { submit: "Put into the text", only: true }))
    if (!given) return
    remember(picked, given)
    this.change({ src: picked.src, alt: given.alt, width: picked.width, height: picked.height, image: picked.id })
  }

  remove() {
    const from = this.getPos()
    this.editor.chain().deleteRange({ from, to: from + this.node.nodeSize }).focus().run()
  }

  update(node) {
    if (node.type !== this.node.type) return false
    this.node = node
    this.show()
    return true
  }

  stopEvent(event) {
    return this.bar.contains(event.target)
  }

  ignoreMutation(mutation) {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
  }
}

export const Embed = Node.create({
  name: "embed",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  defining: true,
  addAttributes: () => kept(["provider", "embed", "href", "title", "kind", "captionLang", "captionDir"]),
  parseHTML: () => [
    {
      tag: "figure",
      priority: 71,
      contentElement: (figure) => under(figure) ?? nothing(),
      getAttrs: (figure) => {
        const [link, ...more] = own(figure, "a[href]")
        if (!figure.hasAttribute("data-embed") || !link || more.length || own(figure, "img, figure").length) return false
        if (spoken(figure) !== link.textContent.trim()) return false
        return {
          provider: figure.getAttribute("data-provider"),
          embed: figure.getAttribute("data-embed"),
          href: link.getAttribute("href"),
          title: link.textContent.trim(),
          kind: figure.getAttribute("class") ?? "embed",
          ...captionOf(figure),
        }
      },
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { provider, embed, href, title, kind } = node.attrs
    const figure = { ...HTMLAttributes, ...present({ class: kind, "data-provider": provider, "data-embed": embed }) }
    return ["figure", figure, ["a", { href }, title || href], caption(node.attrs)]
  },
  addKeyboardShortcuts() {
    return { Enter: () => leave(this) }
  },
  addCommands: () => ({
    insertEmbed:
      (address, title) =>
      (props) => {
        const found = recognised(address)
        if (!found) return false
        const attrs = { ...found, title: title || found.title, kind: "embed" }
        return place(props, { type: "embed", attrs })
      },
  }),
  addNodeView() {
    return ({ node, editor, getPos }) => new EmbedView(node, editor, getPos)
  },
})

class EmbedView extends PictureView {
  constructor(node, editor, getPos) {
    super(node, editor, getPos)
    this.img.remove()
    this.card = document.createElement("div")
    this.card.className = "embed-card"
    this.card.contentEditable = "false"
    this.bar.replaceChildren(button("Title", () => this.name()), button("Remove", () => this.remove()))
    this.dom.prepend(this.card)
    this.show()
  }

  show() {
    const { provider, href, title } = this.node.attrs
    this.dom.className = "embed figure-view"
    this.contentDOM.classList.toggle("is-empty", this.node.content.size === 0)
    if (!this.card) return
    const [place, name, address] = ["span", "strong", "span"].map((tag) => document.createElement(tag))
    place.textContent = NAMES[provider] ?? "Elsewhere"
    name.textContent = title || href
    address.textContent = href
    this.card.replaceChildren(place, name, address)
  }

  async name() {
    const given = await ask({
      title: "Title of the embed",
      fields: [{ name: "title", label: "What readers see before they click", value: this.node.attrs.title ?? "", required: true }],
      submit: "Keep",
    })
    if (given) this.change({ title: given.title })
  }

  stopEvent(event) {
    return super.stopEvent(event) || this.card.contains(event.target)
  }
}

export const Figcaption = Node.create({
  name: "figcaption",
  content: "inline*",
  isolating: true,
  parseHTML: () => [{ tag: "figcaption" }],
  renderHTML: ({ HTMLAttributes }) => ["figcaption", HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { Enter: () => leave(this) }
  },
})

// Pull quotes, galleries, tables with a caption: whatever stands in a figure and is no single picture or embed.
export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "(block | figcaption)+",
  defining: true,
  addAttributes: () => kept(["kind", "provider", "embed"]),
  parseHTML: () => [
    {
      tag: "figure",
      priority: 60,
      getAttrs: (figure) => ({
        kind: figure.getAttribute("class"),
        provider: figure.getAttribute("data-provider"),
        embed: figure.getAttribute("data-embed"),
      }),
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { kind, provider, embed } = node.attrs
    return ["figure", { ...HTMLAttributes, ...present({ class: kind, "data-provider": provider, "data-embed": embed }) }, 0]
  },
  addCommands: () => ({
    togglePullQuote:
      () =>
      ({ chain, state, editor }) => {
        if (editor.isActive("figure", { kind: "pullquote" })) return chain().focus().lift("blockquote").lift("figure").run()
        const { from, to } = state.selection
        const words = state.doc.textBetween(from, to, " ").trim()
        const paragraph = { type: "paragraph", content: words ? [{ type: "text", text: words }] : [] }
        const quote = { type: "figure", attrs: { kind: "pullquote" }, content: [{ type: "blockquote", content: [paragraph] }] }
        const at = state.doc.resolve(to).after(1)
        return chain().focus().insertContentAt(at, quote).setTextSelection(at + 3 + words.length).run()
      },
  }),
})
