// Keeps the pages of tickets that were opened, and what they are made of, for where there is no network.
// Nothing else is kept: neither other pages nor what is sent.

const KEPT = "tickets-1";
const PAGES_MAX = 30;
const TICKET = /^\/(?:[a-z]{2}\/)?tickets\/[A-Za-z0-9]{16}$/;
const ASSET = /^\/(?:static\/site|images)\//;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("tickets-") && name !== KEPT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && TICKET.test(url.pathname)) event.respondWith(page(url));
  else if (ASSET.test(url.pathname)) event.respondWith(asset(request));
});

// The page that opened asks for itself, its order's other tickets and its parts to be kept.
self.addEventListener("message", (event) => {
  const urls = (event.data && event.data.keep) || [];
  event.waitUntil(
    Promise.all(urls.map((each) => keep(new URL(each, self.location.origin))))
      .then(() => event.source && event.source.postMessage({ kept: true }))
      .catch(() => {}),
  );
});

async function page(url) {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(url.pathname, { credentials: "same-origin", cache: "no-store" });
    if (fresh.ok && !fresh.redirected) {
      await cache.put(url.pathname, fresh.clone());
      await forgetOldest(cache);
    } else if (fresh.status === 404) {
      await cache.delete(url.pathname);
    }
    return fresh;
  } catch (error) {
    const kept = await cache.match(url.pathname);
    if (kept) return kept;
    throw error;
  }
}

async function asset(request) {
  const kept = await caches.match(request, { cacheName: KEPT });
  return kept || fetch(request);
}

async function keep(url) {
  if (url.origin !== self.location.origin) return;
  const cache = await caches.open(KEPT);
  const isPage = TICKET.test(url.pathname);
  if (!isPage && !ASSET.test(url.pathname)) return;
  // Assets carry their version in the address and never change.
  if (!isPage && (await cache.match(url.pathname))) return;
  const answer = await fetch(url.pathname, { credentials: "same-origin", cache: isPage ? "no-store" : "default" });
  if (answer.ok && !answer.redirected) await cache.put(url.pathname, answer);
}

async function forgetOldest(cache) {
  const pages = (await cache.keys()).filter((each) => TICKET.test(new URL(each.url).pathname));
  await Promise.all(pages.slice(0, Math.max(0, pages.length - PAGES_MAX)).map((each) => cache.delete(each)));
}
