// What a text may hold. Every element that clean_html() keeps (informed_comment/html.py) has a node or a mark here, so
// that stored HTML opens again unharmed; tests/browser/test_editor_round_trip.py compares the two.
import {
  Blockquote,
  Bold,
  BulletList,
  Document,
  Dropcursor,
  Extension,
  Gapcursor,
  HardBreak,
  Heading,
  History,
  HorizontalRule,
  Image,
  Italic,
  Link,
  ListItem,
  Mark,
  Node,
  Paragraph,
  Placeholder,
  Text,
  TrailingNode,
} from "django-prose-editor/editor"
import { Embed, Figcaption, Figure, Picture } from "editor/figures"
import { Footnote } from "editor/notes"
import { NumberedList, tables } from "editor/tables"

const attribute = (name, from = name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(from),
  renderHTML: (attributes) => (attributes[name] === null ? {} : { [from]: attributes[name] }),
})

const mark = (tag, { names = [], tags = [tag], shortcut } = {}) =>
  Mark.create({
    name: `mark_${tag}`,
    excludes: `mark_${tag}`,
    addAttributes: () => Object.fromEntries(names.map((name) => [name, attribute(name)])),
    parseHTML: () => tags.map((selector) => ({ tag: selector, priority: 70 })),
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
    addKeyboardShortcuts() {
      return shortcut ? { [shortcut]: () => this.editor.commands.toggleMark(this.name) } : {}
    },
  })

const MARKS = [
  mark("s"),
  mark("u"),
  mark("sub"),
  mark("sup"),
  mark("code", { shortcut: "Mod-e" }),
  mark("cite"),
  mark("q"),
  mark("abbr", { names: ["title"] }),
  mark("del"),
  mark("ins"),
  mark("mark"),
  mark("small"),
  mark("kbd"),
  mark("time", { names: ["datetime"] }),
  mark("bdo"),
  mark("span", { tags: ["span[lang]", "span[dir]"] }),
]

const HtmlLink = Link.extend({
  addAttributes: () => ({ href: attribute("href"), title: attribute("title"), hreflang: attribute("hreflang") }),
  parseHTML: () => [{ tag: "a[href]" }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
  addKeyboardShortcuts: () => ({}), // Ctrl-K opens our own dialog
}).configure({ openOnClick: false, linkOnPaste: true, defaultProtocol: "https" })

const InlineImage = Image.extend({
  addAttributes: () => ({
    src: attribute("src"),
    alt: attribute("alt"),
    width: attribute("width"),
    height: attribute("height"),
    image: attribute("image", "data-image"),
  }),
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
  addInputRules: () => [],
}).configure({ inline: true })

const Preformatted = Node.create({
  name: "preformatted",
  group: "block",
  content: "inline*",
  whitespace: "pre",
  defining: true,
  parseHTML: () => [{ tag: "pre", preserveWhitespace: "full" }],
  renderHTML: ({ HTMLAttributes }) => ["pre", HTMLAttributes, 0],
})

// A division has a meaning only when it says in which language or direction it is written.
const Passage = Node.create({
  name: "passage",
  group: "block",
  content: "block+",
  parseHTML: () => [{ tag: "div[lang]" }, { tag: "div[dir]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes, 0],
})

const definitions = [
  ["definitions", "dl", "(term | definition)+", "block"],
  ["term", "dt", "inline*"],
  ["definition", "dd", "block+"],
].map(([name, tag, content, group]) =>
  Node.create({
    name,
    content,
    ...(group && { group }),
    defining: true,
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  }),
)

const LANGUAGE = { lang: attribute("lang"), dir: attribute("dir") }

// lang and dir may stand on any element, as in the allow-list.
const Languages = Extension.create({
  name: "languages",
  addGlobalAttributes: () => [
    { types: [...BLOCKS, ...INLINE].map(({ name }) => name), attributes: LANGUAGE },
  ],
})

const BLOCKS = [
  Paragraph,
  Heading.configure({ levels: [2, 3, 4] }),
  Blockquote,
  BulletList,
  NumberedList,
  ListItem.extend({ content: "block+" }),
  Preformatted,
  Passage,
  ...definitions,
  Figcaption,
  Figure,
  Picture,
  Embed,
  ...tables,
]
const unmarked = (mark) => mark.extend({ addInputRules: () => [], addPasteRules: () => [] }) // what is typed is typed.js's
const WORDS = [unmarked(Bold), unmarked(Italic), HtmlLink, ...MARKS]
const INLINE = [...WORDS, InlineImage, Footnote]
const SMALL_LACKS = ["picture", "embed"]

export const extensionsFor = (size, placeholder) => [
  Document,
  Text,
  HardBreak,
  HorizontalRule,
  ...BLOCKS,
  ...INLINE,
  Languages,
  History,
  Dropcursor.configure({ color: false, class: "dropcursor" }),
  Gapcursor,
  Placeholder.configure({ placeholder }),
  ...(size === "full" ? [TrailingNode.configure({ notAfter: ["paragraph", "heading"] })] : []),
]

// One line of words with all that may mark them: what a footnote holds.
export const lineOf = (placeholder) => [
  Document.extend({ content: "paragraph" }),
  Text,
  HardBreak,
  Paragraph,
  ...WORDS,
  Extension.create({
    name: "languages",
    addGlobalAttributes: () => [{ types: WORDS.map(({ name }) => name), attributes: LANGUAGE }],
  }),
  History,
  Placeholder.configure({ placeholder }),
]

export const offers = (size, name) => size === "full" || !SMALL_LACKS.includes(name)
