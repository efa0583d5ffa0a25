// Says once that this post was read: after four seconds before the reader's eyes. No cookie, no name, no address.

const post = document.querySelector('meta[name="post"]')?.content;
let left = 4000; // milliseconds
let since = 0;
let timer;

function send() {
  document.removeEventListener("visibilitychange", look);
  const body = new URLSearchParams({ post });
  if (!navigator.sendBeacon?.("/read/", body)) {
    fetch("/read/", { method: "POST", body, keepalive: true }).catch(() => {});
  }
}

function look() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    since = performance.now();
    timer = setTimeout(send, left);
  } else if (since) {
    left = Math.max(0, left - (performance.now() - since));
    since = 0;
  }
}

function begin() {
  document.addEventListener("visibilitychange", look);
  look();
}

if (post && !navigator.globalPrivacyControl) {
  if (document.prerendering) {
    document.addEventListener("prerenderingchange", begin, { once: true });
  } else {
    begin();
  }
}
