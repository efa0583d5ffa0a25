// Which language a passage is in, and with it its direction: of the words marked within a paragraph, else of every
// block the selection touches. A quotation or list that is touched whole is set as a whole.
import { ask, element } from "editor/dialogs"

const LANGUAGES = {
  ar: "Arabic",
  fa: "Persian",
  he: "Hebrew",
  ur: "Urdu",
  tr: "Turkish",
  fr: "French",
  de: "German",
  es: "Spanish",
  en: "English",
}
const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ps|ckb|syr)(-|$)/i
const CODE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i
const AS_A_WHOLE = ["blockquote", "figure", "bulletList", "orderedList", "listItem", "definitions", "table"]

const attributesOf = (lang) => (lang ? { lang, dir: RIGHT_TO_LEFT.test(lang) ? "rtl" : "ltr" } : { lang: null, dir: null })

function languageHere(editor) {
  if (editor.isActive("mark_span")) return editor.getAttributes("mark_span").lang ?? ""
  const { $from } = editor.state.selection
  for (let depth = $from.depth; depth > 0; depth--) {
    const { lang } = $from.node(depth).attrs
    if (lang) return lang
  }
  return ""
}

function touched(doc, from, to) {
  const all = []
  doc.nodesBetween(from, to, (node, pos) => {
    if (node.isTextblock) all.push([pos, pos + node.nodeSize])
    return !node.isTextblock
  })
  const lines = all.length > 1 ? all.filter(([start, end]) => end - start > 2) : all // the empty last line is no passage
  const [start, end] = [lines[0]?.[0] ?? from, lines.at(-1)?.[1] ?? to]
  const isWhole = (node, at) => {
    let whole = AS_A_WHOLE.includes(node.type.name)
    node.descendants((inner, offset) => {
      const pos = at + 1 + offset
      if (inner.isTextblock && (pos < start || pos + inner.nodeSize > end)) whole = false
      return whole
    })
    return whole
  }
  const found = []
  doc.nodesBetween(start, end, (node, pos) => {
    const taken = node.isTextblock || isWhole(node, pos)
    if (taken) found.push({ node, pos })
    return !taken
  })
  return found
}

export function setLanguage(editor, lang) {
  const { $from, $to, from, to, empty } = editor.state.selection
  const isPart = !empty && $from.sameParent($to) && $from.parent.isTextblock && to - from < $from.parent.content.size
  const chain = editor.chain().focus()
  if (isPart && lang) return chain.setMark("mark_span", attributesOf(lang)).run()
  if (!lang && editor.isActive("mark_span")) return chain.extendMarkRange("mark_span").unsetMark("mark_span").run()
  if (!lang && editor.isActive("passage")) return chain.lift("passage").run()
  return chain
    .command(({ tr }) => {
      const above = lang ? [] : withLanguage($from)
      for (const { node, pos } of [...touched(tr.doc, from, to), ...above]) {
        tr.setNodeMarkup(pos, undefined, { ...node.attrs, ...attributesOf(lang) })
      }
      return true
    })
    .run()
}

function withLanguage($from) {
  const found = []
  for (let depth = $from.depth; depth > 0; depth--) {
    const node = $from.node(depth)
    if (node.attrs.lang || node.attrs.dir) found.push({ node, pos: $from.before(depth) })
  }
  return found
}

async function askLanguage(editor) {
  const given = await ask({
    title: "Language of this passage",
    fields: [{ name: "code", label: "Code of the language", help: "Two or three letters, such as ru, ps or syr.", required: true }],
    submit: "Set",
    check: ({ code }) => (CODE.test(code) ? "" : "A code is two or three letters, such as ru."),
  })
  if (given) setLanguage(editor, given.code.toLowerCase())
  else editor.commands.focus()
}

export function languageChooser(editor) {
  const option = (value, textContent) => element("option", { value, textContent })
  const choose = element("select", { className: "toolbar__block toolbar__language", "aria-label": "Language of this passage" }, [
    option("", "Language"),
    ...Object.entries(LANGUAGES).map(([code, name]) => option(code, name)),
    option("other", "Other…"),
  ])
  choose.title = "Language of this passage"
  const show = () => {
    const here = languageHere(editor)
    if (![...choose.options].some(({ value }) => value === here)) choose.options.add(option(here, here), choose.options.length - 1)
    choose.value = here
  }
  choose.addEventListener("change", () => {
    if (choose.value === "other") askLanguage(editor).then(show)
    else setLanguage(editor, choose.value)
  })
  editor.on("transaction", show)
  return choose
}
