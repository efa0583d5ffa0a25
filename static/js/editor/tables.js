// Tables keep their head, body, foot and caption; numbered lists keep start, type and direction.
import { OrderedList, Table, TableCell, TableHeader, TableRow } from "django-prose-editor/editor"

const PARTS = ["thead", "tbody", "tfoot"]
const span = (name) => ({
  default: 1,
  parseHTML: (element) => Math.min(Number.parseInt(element.getAttribute(name), 10) || 1, 999),
  renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}),
})
const spans = { colspan: span("colspan"), rowspan: span("rowspan"), colwidth: { default: null, rendered: false } }

const CaptionedTable = Table.extend({
  addAttributes: () => ({
    caption: {
      default: "",
      parseHTML: (element) => element.querySelector(":scope > caption")?.innerHTML ?? "",
      renderHTML: ({ caption }) => (caption ? { "data-caption": caption } : {}),
    },
  }),
  parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
}).configure({ resizable: false, cellMinWidth: 0 })

const Row = TableRow.extend({
  addAttributes: () => ({
    part: {
      default: "tbody",
      parseHTML: (element) => {
        const part = element.parentElement?.localName
        return PARTS.includes(part) ? part : "tbody"
      },
      renderHTML: ({ part }) => ({ "data-part": part }),
    },
  }),
})

const Head = TableHeader.extend({
  addAttributes: () => ({
    ...spans,
    scope: {
      default: null,
      parseHTML: (element) => element.getAttribute("scope"),
      renderHTML: ({ scope }) => (scope ? { scope } : {}),
    },
  }),
})

export const tables = [CaptionedTable, Row, Head, TableCell.extend({ addAttributes: () => spans })]

export const NumberedList = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (element) => Number.parseInt(element.getAttribute("start") ?? "1", 10),
      renderHTML: ({ start }) => (start === 1 ? {} : { start }),
    },
    type: {
      default: null,
      parseHTML: (element) => element.getAttribute("type"),
      renderHTML: ({ type }) => (type ? { type } : {}),
    },
    reversed: {
      default: false,
      parseHTML: (element) => element.hasAttribute("reversed"),
      renderHTML: ({ reversed }) => (reversed ? { reversed: "" } : {}),
    },
  }),
  renderHTML: ({ HTMLAttributes }) => ["ol", HTMLAttributes, 0],
})

// The editor knows rows only; in the stored table they stand in their parts again, under the caption.
export function tidyTable(table) {
  const rows = [...table.querySelectorAll(":scope > tbody > tr")]
  const parts = Object.fromEntries(PARTS.map((part) => [part, rows.filter((row) => row.dataset.part === part)]))
  const caption = table.dataset.caption
  delete table.dataset.caption
  table.replaceChildren()
  if (caption) {
    const element = document.createElement("caption")
    element.append(...new DOMParser().parseFromString(caption, "text/html").body.childNodes)
    table.append(element)
  }
  for (const part of PARTS) {
    if (!parts[part].length) continue
    const element = document.createElement(part)
    for (const row of parts[part]) row.removeAttribute("data-part")
    element.append(...parts[part])
    table.append(element)
  }
}
