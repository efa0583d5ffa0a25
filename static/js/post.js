// Posts and pages: copying the address, the share sheet of the device, and playing what lies elsewhere once the reader asks for it.

const COPIED_FOR = 2500;
// The hosts of posts/embeds.py, which the content security policy names too.
const PLAYERS = [
  "https://www.youtube-nocookie.com/",
  "https://player.vimeo.com/",
  "https://w.soundcloud.com/",
  "https://open.spotify.com/",
  "https://embed.podcasts.apple.com/",
  "https://archive.org/",
  "https://www.tiktok.com/",
  "https://embed.bsky.app/",
];
const MAY = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation allow-forms";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) {
    button.hidden = true;
    continue;
  }
  const label = button.querySelector("[data-copy-label]");
  const words = label.textContent;
  label.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = "Copied";
    } catch {
      label.textContent = "Not copied";
    }
    setTimeout(() => (label.textContent = words), COPIED_FOR);
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}); // closed unused
  });
}

for (const link of document.querySelectorAll("a[data-frame]")) {
  link.addEventListener("click", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || !PLAYERS.some((player) => link.dataset.frame.startsWith(player))) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.className = "embed__frame";
    frame.src = link.dataset.frame;
    frame.sandbox = MAY;
    frame.title = link.querySelector(".embed__title").textContent;
    frame.allow = "autoplay; encrypted-media; picture-in-picture; fullscreen";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    link.replaceWith(frame);
    frame.focus();
  });
}

// An old link to a comment that stands on another page by now goes on to that page.
const comments = document.querySelector("[data-comments]");
const mark = location.hash.slice(1);
if (comments && /^(comment-|c|said-)\d+$/.test(mark) && !document.getElementById(mark)) {
  location.replace(`${comments.dataset.comments}${mark}/`);
}
