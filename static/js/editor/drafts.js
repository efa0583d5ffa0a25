// What is typed, in this browser's own store (IndexedDB): one record a window, the form's whole text with each. A tab that
// crashes takes along what the store has not finished; until it has, the newest record also stands in localStorage, which
// the browser holds from the moment of the call.
const STORE = "forms"
const AT_ONCE = 3
const ALIVE = "typed:"

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("typed", 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "window" })
    request.onsuccess = () => resolve(request.result)
    request.onerror = request.onblocked = () => reject(request.error)
  })
}

// Resolves once the store has it; what was handed over outlives this tab from the moment of the call.
function written(db, change) {
  return new Promise((resolve, reject) => {
    const deed = db.transaction(STORE, "readwrite", { durability: "relaxed" })
    deed.oncomplete = resolve
    deed.onabort = deed.onerror = () => reject(deed.error)
    change(deed.objectStore(STORE))
    deed.commit?.()
  })
}

const journal = {
  put(record) {
    try {
      localStorage.setItem(`${ALIVE}${record.window}`, JSON.stringify(record))
    } catch {
      // Too long for it, or closed to this page: the store alone has it.
    }
  },
  drop(window) {
    try {
      localStorage.removeItem(`${ALIVE}${window}`)
    } catch {
      // Closed to this page.
    }
  },
  all() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(ALIVE))
        .map((key) => JSON.parse(localStorage.getItem(key)))
    } catch {
      return []
    }
  },
}

// Drafts of this window and of those that were closed. `said` is told whether this browser could keep the last one.
export async function drafts(said) {
  const mine = newId()
  navigator.locks?.request(`${ALIVE}${mine}`, () => new Promise(() => {}))
  let db
  let flying = 0
  let waiting = null
  const begin = async () => {
    db = await opened()
    db.onclose = db.onversionchange = () => {
      db?.close()
      db = null
    }
  }
  const put = async (record) => {
    if (!db) await begin()
    await written(db, (store) => store.put(record))
  }

  // Each text is handed over at once; when several are under way, only the newest of those that wait follows.
  function keep(make) {
    journal.put({ ...make(), window: mine })
    if (!db || flying >= AT_ONCE) waiting = make
    if (flying >= AT_ONCE) return
    flying += 1
    const handed = db ? put({ ...make(), window: mine }) : begin()
    handed
      .then(
        () => said(true),
        (error) => said(false, error),
      )
      .finally(() => {
        flying -= 1
        if (!waiting && !flying && db) journal.drop(mine)
        if (!waiting || !db) return
        const next = waiting
        waiting = null
        keep(next)
      })
  }

  async function all() {
    if (!db) await begin()
    const stored = await new Promise((resolve, reject) => {
      const request = db.transaction(STORE).objectStore(STORE).getAll()
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const newest = new Map(stored.map((record) => [record.window, record]))
    for (const record of journal.all()) {
      if (!(newest.get(record.window)?.typed_at > record.typed_at)) newest.set(record.window, record)
    }
    return [...newest.values()]
  }

  // Records of windows that are gone. Without locks (plain http), one that was silent for a minute counts as gone.
  async function left() {
    const records = await all()
    const held = navigator.locks ? (await navigator.locks.query()).held.map(({ name }) => name) : null
    const isOpen = ({ window, typed_at }) => (held ? held.includes(`${ALIVE}${window}`) : Date.now() - typed_at < 60_000)
    const others = records.filter(({ window }) => window !== mine)
    return { gone: others.filter((record) => !isOpen(record)), open: others.filter(isOpen) }
  }

  const forget = async (window) => {
    journal.drop(window)
    if (!db) await begin()
    await written(db, (store) => store.delete(window))
  }
  const stash = (record) => put({ ...record, window: newId() })
  await begin().catch((error) => said(false, error))
  return { mine, keep, left, forget, stash, isIdle: () => !flying && !waiting }
}

// The whole form as it would be sent, `{name: [value, …]}`, without what belongs to the sending only.
const SKIPPED = /^(csrfmiddlewaretoken|_deed|kept_.*)$|-__prefix__-/
export function textOf(form) {
  const sent = Object.create(null)
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !SKIPPED.test(name)) (sent[name] ??= []).push(value)
  }
  return JSON.stringify(sent)
}

// SHA-256 in hexadecimal; null where the browser has none (plain http).
export async function shaOf(text) {
  if (!crypto.subtle) return null
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
