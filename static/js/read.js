// Says once that a post was read, after four seconds in sight.
const post = document.querySelector('meta[name="post"]').content;
let from, since, timer, left = 4000;

if (location.hash === "#from-newsletter") {
  from = "newsletter";
  history.replaceState(null, "", location.href.split("#")[0]);
} else if (document.referrer) {
  const site = new URL(document.referrer);
  from = site.host === location.host ? "ours" : site.hostname;
}

function send() {
  left = 0;
  const body = new URLSearchParams(from ? { post, from } : { post });
  if (!navigator.sendBeacon?.("/read/", body)) {
    fetch("/read/", { method: "POST", body, keepalive: true }).catch(() => {});
  }
}

function look() {
  if (!left) return;
  clearTimeout(timer);
  const now = performance.now();
  if (since) left -= now - since;
  since = document.visibilityState === "visible" && !document.prerendering && now;
  if (since) timer = setTimeout(send, left);
}

if (!navigator.globalPrivacyControl) {
  for (const event of ["visibilitychange", "prerenderingchange"]) document.addEventListener(event, look);
  look();
}
