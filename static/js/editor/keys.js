// Keys that work anywhere in a form with an editor, and the dialog that lists all keys.
import { dialogOf, element } from "editor/dialogs"

const MAC = /mac|iphone|ipad/i.test(navigator.platform)
const SAVES = ["button[value=keep_pending]", "button[value=save]", "[name=_continue]", "[name=_save]"]
const PUBLISHES = ["button[value=publish]", "button[value=apply_pending]"]

const KEYS = [
  [
    "The post",
    [
      ["Mod S", "Save. What readers see already is kept for later instead"],
      ["Mod Alt P", "Preview"],
      ["Mod Shift Enter", "Go to the button that publishes; Enter presses it"],
      ["Mod Shift F", "Only the text, and back; Escape leads back too"],
      ["Mod /", "This list"],
    ],
  ],
  [
    "Words",
    [
      ["Mod B", "Bold"],
      ["Mod I", "Italic"],
      ["Mod E", "Code"],
      ["Mod K", "Link"],
      ["Mod Alt F", "Footnote"],
      ["Mod Z", "Undo"],
      ["Mod Shift Z", "Redo"],
      ["Mod Shift V", "Paste without any formatting"],
      ["Alt F10", "To the toolbar; Escape leads back"],
    ],
  ],
  [
    "Typed at the beginning of a line",
    [
      ["## ", "Heading; ### Subheading, #### Small heading"],
      ["- ", "List"],
      ["1. ", "Numbered list"],
      ["> ", "Quotation"],
      ["```", "Text as it is spaced, with a blank after it"],
      ["---", "Rule"],
    ],
  ],
  [
    "Typed around words",
    [
      ["**words**", "Bold"],
      ["*words*", "Italic"],
      ["~~words~~", "Struck out"],
      ["`words`", "Code"],
      ["[words](address)", "Link"],
    ],
  ],
]

const spoken = (keys) => (keys.startsWith("Mod") || keys.startsWith("Alt") ? keys.replace("Mod", MAC ? "⌘" : "Ctrl").replace("Alt", MAC ? "⌥" : "Alt") : keys)

export function showKeys() {
  const close = element("button", { type: "submit", className: "dialog__submit", textContent: "Close" })
  const groups = KEYS.map(([name, keys]) =>
    element("section", {}, [
      element("h3", { textContent: name }),
      element(
        "dl",
        {},
        keys.flatMap(([key, what]) => [element("dt", {}, [element("kbd", { textContent: spoken(key) })]), element("dd", { textContent: what })]),
      ),
    ]),
  )
  const { dialog } = dialogOf("Keyboard", [element("div", { className: "keys" }, groups), element("div", { className: "dialog__buttons" }, [close])])
  dialog.classList.add("dialog--wide")
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

const first = (form, selectors) => selectors.map((selector) => form.querySelector(selector)).find(Boolean)

// `alone` shows only the text, and back again.
export function listen(form, alone) {
  const ACTS = {
    s: () => form.requestSubmit(first(form, SAVES)),
    "alt+p": () => document.querySelector("[data-preview]")?.click(),
    "shift+enter": () => {
      alone?.(false)
      first(form, PUBLISHES)?.focus()
    },
    "shift+f": () => alone?.(),
    "/": showKeys,
  }
  document.addEventListener("keydown", (event) => {
    if (!(MAC ? event.metaKey : event.ctrlKey) || event.defaultPrevented || document.querySelector("dialog[open]")) return
    const key = event.code === "KeyP" && event.altKey ? "p" : event.key.toLowerCase()
    const act = ACTS[`${event.altKey ? "alt+" : ""}${event.shiftKey ? "shift+" : ""}${key}`]
    if (!act) return
    event.preventDefault()
    if (!event.repeat) act()
  })
}
