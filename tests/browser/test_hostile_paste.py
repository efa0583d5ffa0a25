"""Hostile HTML in a real browser: pasted, opened and read, none of it runs a script; raw, much of it does."""

import pytest
from playwright.sync_api import expect

from informed_comment.html import clean_html
from posts.bodies import for_reading
from tests.browser.test_newsroom import write
from tests.factories import make_user
from tests.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = '["alert", "confirm", "prompt", "print", "open"]'
SHOW = f"""async (texts) => {{
  const ran = new Set(), loaded = []
  window.ran = (at) => ran.add(at)
  for (const [at, text] of texts.entries()) {{
    const frame = document.createElement("iframe")
    frame.srcdoc = `<script>for (const name of {NAMES}) window[name] = () => parent.ran(${{at}})<\\/script>${{text}}`
    loaded.push(new Promise((done) => {{ frame.onload = done }}))
    document.body.append(frame)
  }}
  const time = (ms) => new Promise((done) => setTimeout(done, ms))
  await Promise.race([Promise.all(loaded), time(1500)])
  await time(300)
  document.querySelectorAll("iframe").forEach((frame) => frame.remove())
  return [...ran]
}}"""
PASTE = f"""async (texts) => {{
  const ran = []
  for (const name of {NAMES}) window[name] = () => ran.push(name)
  const left = []
  for (const text of texts) {{
    id_body.editor.commands.clearContent(true)
    const data = new DataTransfer()
    data.setData("text/html", text)
    document.querySelector(".ProseMirror").dispatchEvent(
      new ClipboardEvent("paste", {{ clipboardData: data, bubbles: true, cancelable: true }}))
    left.push(id_body.value)
    id_body.editor.commands.setContent(text, {{ emitUpdate: true }})
    left.push(id_body.value)
  }}
  await new Promise((done) => setTimeout(done, 500))
  const count = ran.length
  for (const text of texts) {{
    const box = document.createElement("div")
    document.body.append(box)
    box.innerHTML = text
  }}
  const end = Date.now() + 15000
  while (ran.length - count < 4 && Date.now() < end) await new Promise((done) => setTimeout(done, 100))
  return [count, ran.length - count, left]
}}"""


@pytest.fixture
def bare(browser, live_server, client):
    """A page without the policy that would stop scripts, signed in as an editor; what raw input breaks is its own affair."""
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    client.force_login(make_user(group="Editor"))
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


def sendable(text):
    """Lone surrogates stand in no page."""
    return text.encode(errors="ignore").decode()


def ran(page, texts):
    found = []
    for start in range(0, len(texts), 120):
        batch = texts[start : start + 120]
        found += [batch[at] for at in page.evaluate(SHOW, batch)]
    return found


def test_nothing_runs_of_what_is_pasted_or_opened(bare):
    write(bare)
    pasted, raw, left = bare.evaluate(PASTE, [sendable(text) for text in PAYLOADS])
    assert raw >= 4, "the check does not see what runs"
    assert pasted == 0
    for html in left:
        cleaned = clean_html(html)
        assert clean_html(cleaned) == cleaned, html


def test_nothing_runs_of_what_readers_get(bare):
    texts = [sendable(text) for text in PAYLOADS]
    bare.goto("about:blank")
    assert len(ran(bare, texts[::2])) >= 4, "the check does not see what runs"
    assert ran(bare, [for_reading(clean_html(text)) for text in texts]) == []


def test_a_long_text_is_typed_in_and_told_when_it_is_too_long(desk, settings):
    settings.TEXT_MAX_BYTES = 400_000
    write(desk)
    html = "<p>Words and <strong>more words</strong> in a row.</p>" * 7_500
    desk.evaluate("(html) => id_body.editor.commands.setContent(html, { emitUpdate: true })", html)
    desk.evaluate("id_body.editor.commands.focus('end')")
    desk.keyboard.type(" The end.")
    sent = "[...new FormData(post_form)].find(([name]) => name === 'body')[1]"
    assert desk.evaluate(sent).endswith("in a row. The end.</p>")
    desk.evaluate("id_body.editor.commands.insertContent('x'.repeat(50000))")
    desk.fill("#id_title", "Kept")
    desk.click("button[value=save]")
    expect(desk.locator(".editor--full .editor__status")).to_contain_text("a text may have 0.38")
    assert desk.input_value("#id_title") == "Kept"
    assert desk.url.endswith("/add/")
