// A deed on many posts at work: how far it is, without a new page; once it is done, its report.
const AGAIN = 2000

async function look() {
  const section = document.querySelector("[data-progress]")
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html")
    const now = page.querySelector("[data-progress]")
    if (!now) return location.reload()
    const bar = section.querySelector("progress")
    bar.value = now.querySelector("progress").value
    bar.max = now.querySelector("progress").max
    const said = section.querySelector("[data-progress-said]")
    const sentence = now.querySelector("[data-progress-said]").textContent
    if (said.textContent !== sentence) said.textContent = sentence
  } catch {
    // Not answered now; asked again.
  }
  setTimeout(look, AGAIN)
}
setTimeout(look, AGAIN)
