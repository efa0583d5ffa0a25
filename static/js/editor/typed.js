// Markdown's marks become what they mean as they are typed. Ctrl-Z gives back the marks.
import { Extension, InputRule, markInputRule, textblockTypeInputRule, wrappingInputRule } from "django-prose-editor/editor"
import { addressIn } from "editor/addresses"

const LINK = /(?:^|[^!])(\[([^[\]]+)\]\(((?:[^\s()]|\([^\s()]*\))+)\))$/
const around = (sign, other = sign[0]) => new RegExp(`(?:^|[\\s(“"'‘—–])(${sign}(?![\\s${other}])([^${other}]*[^\\s${other}])${sign})$`)
const MARKS = [
  ["bold", around("\\*\\*", "*")],
  ["bold", around("__", "_")],
  ["italic", around("\\*", "*")],
  ["italic", around("_")],
  ["mark_s", around("~~", "~")],
  ["mark_code", /(?:^|[^`])(`([^`]+)`)$/],
]

// The words keep what they are marked with; brackets and address go.
const linkRule = (type) =>
  new InputRule({
    find: LINK,
    handler({ state, range, match }) {
      const [all, whole, words, target] = match
      const href = addressIn(target)?.href
      if (!href) return null
      const from = range.from + all.length - whole.length
      const end = from + 1 + words.length
      const before = state.doc.resolve(from).marks()
      state.tr
        .delete(end, range.to)
        .delete(from, from + 1)
        .addMark(from, end - 1, type.create({ href }))
        .setStoredMarks(before)
    },
  })

export const Typed = Extension.create({
  name: "typed",
  addInputRules() {
    const { nodes, marks } = this.editor.schema
    const rules = [linkRule(marks.link), ...MARKS.map(([name, find]) => markInputRule({ find, type: marks[name] }))]
    if (nodes.heading) rules.push(textblockTypeInputRule({ find: /^#\s$/, type: nodes.heading, getAttributes: { level: 2 } }))
    if (nodes.preformatted) rules.push(textblockTypeInputRule({ find: /^```[\s\n]$/, type: nodes.preformatted }))
    if (nodes.orderedList) {
      const start = ([, digits]) => Number(digits)
      rules.push(
        wrappingInputRule({
          find: /^(\d{1,2})[.)]\s$/,
          type: nodes.orderedList,
          getAttributes: (match) => ({ start: start(match) }),
          joinPredicate: (match, list) => list.childCount + list.attrs.start === start(match),
        }),
      )
    }
    return rules
  },
})
