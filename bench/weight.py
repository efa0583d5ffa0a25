"""What a page weighs: the bytes that come over the wire until it is quiet, head lines included, pictures left out."""

import os
from urllib.parse import urlsplit

FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-quic"]
PICTURES = ("Image", "Media", "Other")  # the sign in the tab is Other


def transfer(page, address):
    """Kind of file → [(name, bytes)] for one address opened in a Playwright page of a fresh context."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds, sizes = {}, {}
    session.on(
        "Network.responseReceived",
        lambda e: kinds.update({e["requestId"]: (e["type"], e["response"]["url"])}),
    )
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = {}
    for request, (kind, url) in kinds.items():
        if kind not in PICTURES:
            found.setdefault(kind, []).append((urlsplit(url).path, int(sizes.get(request, 0))))
    return found


def total(found, *kinds):
    return sum(size for kind, files in found.items() if not kinds or kind in kinds for _, size in files)


def weigh(site, pages, browser):
    """Print the weight of each page of a running site."""
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=flags)
        for name, path in pages.items():
            found = transfer(chromium.new_context().new_page(), site + path)
            parts = ", ".join(f"{kind.lower()} {total(found, kind):,}" for kind in sorted(found))
            print(f"Weight {name:<14} {total(found):>7,} bytes: {parts}")
        chromium.close()
