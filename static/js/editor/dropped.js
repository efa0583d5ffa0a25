// Pictures dropped or pasted into a text: each goes into the library while its place is held open in the text, and
// stands there once it has been described. What holds a place is no part of the text, so nothing half-done is saved.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { described } from "editor/describing"
import { fileOf, sourceOf, withWaiting } from "editor/pasted_pictures"
import { picturesOf, saysSomething, upload } from "editor/uploading"
import { waitingPlace } from "editor/waiting"

const { Decoration, DecorationSet } = pm.view
const NOWHERE = "Pictures cannot stand in this field."
const NO_LIBRARY = "Pictures cannot be added here. Send them to the editor you write for."
const NO_PICTURE = "Only pictures can be dropped into a text."
const LOST = "This picture could not be read from what was pasted. Save it as a file and drop that here."
const STILL = "A picture is not in the text yet. Describe it or leave it out, then save again."

// The places in one text by number, lower numbers first where several are held at one point.
let numbers = 0

// The end of the block at the top of the text in which a position lies.
function between(doc, pos) {
  const $pos = doc.resolve(Math.min(Math.max(pos, 0), doc.content.size))
  return $pos.depth ? $pos.after(1) : $pos.pos
}

class Places {
  constructor(editor, say) {
    Object.assign(this, { editor, say, held: new Map(), asking: Promise.resolve(), plugin: this.makePlugin() })
  }

  get set() {
    return this.plugin.getState(this.editor.state)
  }

  get mayUpload() {
    return this.editor.options.size === "full" && Boolean(this.editor.options.library?.upload)
  }

  makePlugin() {
    const plugin = new Plugin({
      state: {
        init: () => DecorationSet.empty,
        apply: (tr, set) => {
          const { add = [], remove = [] } = tr.getMeta(plugin) ?? {}
          const kept = set.map(tr.mapping, tr.doc)
          const left = kept.remove(kept.find(null, null, ({ number }) => remove.includes(number)))
          return left.add(tr.doc, add.map(({ number, pos }) => this.widget(number, pos)))
        },
      },
      view: () => ({
        update: (view, before) => {
          if (sourceOf.waiting() && view.state.doc !== before.doc) queueMicrotask(() => this.open())
        },
      }),
      props: {
        decorations: (state) => plugin.getState(state),
        handleDrop: (view, event, slice, moved) => {
          if (moved || view.dragging || !event.dataTransfer?.files.length) return false
          event.preventDefault()
          const found = view.posAtCoords({ left: event.clientX, top: event.clientY })
          return this.take(picturesOf(event.dataTransfer), found?.pos ?? view.state.selection.to)
        },
        handlePaste: (view, event) => {
          const files = picturesOf(event.clipboardData)
          if (!files.length || saysSomething(event.clipboardData.getData("text/html"))) return false
          return this.take(files, view.state.selection.to)
        },
        transformPastedHTML: (html) => (this.mayUpload ? withWaiting(html, () => ++numbers) : html),
      },
    })
    return plugin
  }

  widget(number, pos) {
    const options = { number, side: number, key: `place-${number}`, ignoreSelection: true, stopEvent: () => true }
    return Decoration.widget(pos, this.held.get(number).dom, options)
  }

  act(meta, tr = this.editor.state.tr) {
    this.editor.view.dispatch(tr.setMeta(this.plugin, meta).setMeta("addToHistory", false))
  }

  // Files, put between the blocks of the text at a position.
  take(files, pos) {
    if (this.editor.options.size !== "full") this.say(NOWHERE)
    else if (!this.mayUpload) this.say(NO_LIBRARY)
    else if (!files.length) this.say(NO_PICTURE)
    else for (const file of files) this.hold(++numbers, file, between(this.editor.state.doc, pos))
    return true
  }

  hold(number, file, pos, tr) {
    const place = waitingPlace(file, { again: () => this.send(number), leave: () => this.leave(number) })
    this.held.set(number, place)
    this.act({ add: [{ number, pos }] }, tr)
    this.send(number)
  }

  leave(number) {
    this.held.get(number)?.forget()
    if (this.held.delete(number)) this.act({ remove: [number] })
  }

  async send(number) {
    const place = this.held.get(number)
    if (!place) return
    place.begin()
    try {
      const sent = await upload(place.file, this.editor.options.library?.upload, (share) => place.progress(share))
      place.ready(sent.isKnown)
      this.asking = this.asking.then(() => this.ask(number, sent.picture))
    } catch (refusal) {
      place.refuse(refusal.message)
    }
  }

  // One question at a time, in the order in which the library has the pictures.
  async ask(number, picture) {
    if (!this.held.has(number) || this.editor.isDestroyed) return
    const answer = await described(picture)
    const at = this.set.find(null, null, (spec) => spec.number === number)[0]?.from
    const before = this.set.find(at, at, (spec) => spec.number < number).map(({ spec }) => spec.number)
    this.leave(number)
    if (!answer) return this.say("The picture is in the library, and not in the text.")
    if (at !== undefined) this.editor.commands.insertPictureAt(at, answer)
    this.act({ remove: before, add: before.map((earlier) => ({ number: earlier, pos: at })) })
    this.editor.commands.focus()
    this.say("The picture stands in the text.")
  }

  // Pictures that came as data within pasted HTML stand in the text as ones without an address, until it is opened.
  open() {
    if (this.editor.isDestroyed) return
    const found = []
    this.editor.state.doc.descendants((node, pos) => {
      const source = sourceOf(node.attrs.src)
      if (source) found.push({ node, pos, ...source })
    })
    for (const { node, pos, number, data } of found.reverse()) {
      const { tr } = this.editor.state
      const $pos = tr.doc.resolve(pos)
      const isAlone = $pos.depth === 1 && $pos.parent.childCount === 1 && tr.doc.childCount > 1
      const [from, to] = isAlone ? [$pos.before(1), $pos.after(1)] : [pos, pos + node.nodeSize]
      tr.delete(from, to)
      const spot = isAlone ? from : between(tr.doc, from)
      this.hold(number, fileOf(data, LOST), spot, tr)
    }
  }
}

export const DroppedPictures = Extension.create({
  name: "droppedPictures",
  priority: 1000, // before what cleans pasted HTML, which leaves out pictures that the library does not have
  addOptions: () => ({ say: () => {} }),
  addProseMirrorPlugins() {
    const { say } = this.options
    const places = new Places(this.editor, say)
    const form = this.editor.options.element?.closest?.("form")
    form?.addEventListener("submit", (event) => {
      if (!places.held.size) return
      event.preventDefault()
      event.stopImmediatePropagation()
      say(STILL)
      places.held.values().next().value.dom.scrollIntoView({ block: "center" })
    }, true)
    return [places.plugin]
  },
})
