"""What is wrong with a page as it stands in the browser: faults axe finds, and whether it is wider than its window."""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PLACES = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
}
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
LOOK = """async (rules) => {
  const { violations } = await axe.run({ ...rules, resultTypes: ["violations"], preload: false, iframes: false })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`)
}"""  # without resultTypes axe describes everything that is right, too, which takes several times as long


def faults(page, rules=EVERYTHING):
    """What axe finds, a sentence each, and the pixels the page is too wide."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found = page.evaluate(LOOK, rules)
    wide = page.evaluate(TOO_WIDE)
    return [*found, f"{wide} px too wide"] if wide > 0 else found


def faults_in_all_lights(page):
    """Everything once as the page stands; then what colours and width can change: in the dark, and on a desk."""
    found = faults(page)
    size = page.viewport_size
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # no colour halfway between two
    found += faults(page, COLOURS)
    page.set_viewport_size(DESK)
    found += faults(page, PLACES)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    return list(dict.fromkeys(found))
