// What a paste left out, counted by kind, and said in one sentence.
const KINDS = {
  pictures: ["picture", "pictures"],
  drawings: ["drawing", "drawings"],
  frames: ["frame", "frames"],
  recordings: ["recording", "recordings"],
  fields: ["form field", "form fields"],
  scripts: ["script", "scripts"],
  comments: ["comment", "comments"],
  files: ["link to a file of your computer", "links to files of your computer"],
  marks: ["note mark without its note", "note marks without their notes"],
}
const QUALITIES = { colours: "colours", fonts: "fonts", underlining: "underlining", alignment: "alignment", hidden: "hidden text" }
const list = new Intl.ListFormat("en-GB")

export class Report {
  constructor() {
    this.counts = {}
    this.qualities = new Set()
    this.isTracked = false
  }

  count(kind, number = 1) {
    if (number) this.counts[kind] = (this.counts[kind] ?? 0) + number
  }

  lost(quality) {
    this.qualities.add(quality)
  }

  get sentence() {
    const numbered = Object.keys(KINDS).filter((kind) => this.counts[kind])
    const kinds = numbered.map((kind) => `${this.counts[kind]} ${KINDS[kind][Number(this.counts[kind] > 1)]}`)
    const things = [...kinds, ...Object.keys(QUALITIES).filter((name) => this.qualities.has(name)).map((name) => QUALITIES[name])]
    const isOne = things.length === 1 && (this.counts[numbered[0]] === 1 || things[0] === "hidden text" || /ing$|ment$/.test(things[0]))
    const said = []
    if (things.length) said.push(`${capital(list.format(things))} ${isOne ? "was" : "were"} left out.`)
    if (this.isTracked) said.push("Tracked changes were taken as accepted.")
    if (this.counts.pictures) said.push("Add pictures from the library.")
    return said.join(" ")
  }
}

const capital = (text) => text.replace(/^1 /, "One ").replace(/^./, (letter) => letter.toUpperCase())
