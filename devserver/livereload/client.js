// Keeps this page as its author last saved it. Served by `etagere serve` only.
//
// Of all open tabs of a browser one holds the event stream (a browser has only
// six connections to a plain HTTP server) and passes on what it hears. Every
// message is a whole state: the signatures that open pages have now. A page
// that has another one is patched in place, and only what cannot be patched is
// loaded anew.
(() => {
  "use strict";
  const self = document.currentScript;
  if (!self || window.etagereLive) return;
  window.etagereLive = true;

  const home = new URL(".", self.src); // where our endpoints are, whatever lies between us and the server
  const path = self.dataset.path;      // this page, as the server knows it
  const id = Math.random().toString(36).slice(2);
  const name = "etagere:" + home.pathname;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  let mine = signature(self);
  let first = null; // the digests of shown files with fixed names when the page was loaded, where known

  function signature(script) {
    const { doc, script: code, style, media } = script.dataset;
    return { doc, script: code, style, media };
  }

  // ---- What to do with a state ------------------------------------------

  let busy = false, next = null;

  async function take(state) {
    showProblems(state);
    next = state.pages[path] || next;
    if (busy) return;
    busy = true;
    try {
      while (next) {
        const now = next;
        next = null;
        await follow(now);
      }
    } finally {
      busy = false;
    }
  }

  // follow makes this page what it is now. Whatever goes wrong on the way ends in
  // a reload.
  async function follow(now) {
    if (now.script !== mine.script) return reload(now);
    if (!first && now.media === mine.media) first = now.files || {};
    const media = mine.media, patched = now.doc !== mine.doc;
    try {
      if (patched) {
        if (!(await patch(now))) return reload(now);
      } else if (now.style !== mine.style) {
        if (!(await swap(now))) return reload(now);
      }
      if (patched || now.media !== media) refresh(now);
      mine.media = now.media;
      settle();
    } catch (e) {
      console.warn("étagère: the page is loaded anew:", e);
      reload(now);
    }
  }

  // reload loads the page anew, where it is scrolled to. A page that a reload
  // did not change is not reloaded for the same cause again. What the cause was
  // is forgotten once the page is as it should be.
  function reload(now) {
    const cause = [path, now.doc, now.script, now.style].join(" ");
    try {
      if (sessionStorage.getItem("etagere") === cause) return;
      sessionStorage.setItem("etagere", cause);
    } catch { /* storage is forbidden: reload all the same */ }
    location.reload();
  }

  function settle() {
    try { sessionStorage.removeItem("etagere"); } catch { /* then nothing is stored */ }
  }

  // fetchPage is this page as it is now, or null where it is no page of ours.
  async function fetchPage() {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!(answer.headers.get("content-type") || "").startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const script = page.querySelector("script[data-doc][data-path]");
    if (!script || script.dataset.script !== mine.script || policy(page) !== policy(document)) return null;
    return { page, script };
  }

  // policy is what a page allows itself. It cannot be taken back from a document.
  function policy(page) {
    return [...page.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]')].map((m) => m.content).join("\n");
  }

  // patch changes what has changed in the page and leaves the rest as it is:
  // where it is scrolled to, what has the focus, what is selected and open.
  async function patch() {
    const fresh = await fetchPage();
    if (!fresh || !document.body || !fresh.page.body) return false;
    const style = fresh.script.dataset.style;
    await Promise.all([
      style === mine.style ? null : swapSheets(document.head, fresh.page.head, style),
      style === mine.style ? null : swapSheets(document.body, fresh.page.body, style),
    ]);
    patchHead(fresh.page);
    for (const a of ["lang", "dir"]) {
      const to = fresh.page.documentElement.getAttribute(a);
      if (to !== document.documentElement.getAttribute(a)) {
        to === null ? document.documentElement.removeAttribute(a) : document.documentElement.setAttribute(a, to);
      }
    }
    Idiomorph.morph(document.body, fresh.page.body.innerHTML, {
      morphStyle: "innerHTML",
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: keepState,
        beforeNodeRemoved: (node) => !ours(node),
        beforeAttributeUpdated: (attribute, node) => !(attribute === "open" && (node.localName === "details" || node.localName === "dialog")),
      },
    });
    mine = signature(fresh.script);
    // For the page's own scripts, which may have made something of the old text.
    document.dispatchEvent(new CustomEvent("etagere:patched"));
    return true;
  }

  const ours = (node) => node === self || node.localName === "etagere-problems" || node.localName === "etagere-lost";

  // keepState carries what the reader has chosen over to the new element, unless
  // the author has changed what is chosen at first.
  function keepState(old, fresh) {
    if (ours(old)) return false;
    for (const a of ["src", "poster"]) { // shown anew before, and still the same file
      const is = old.getAttribute?.(a), to = fresh.getAttribute?.(a);
      if (is && to && is.includes("etagere=") && new URL(is, location.href).pathname === new URL(to, location.href).pathname) fresh.setAttribute(a, is);
    }
    if (old.localName === "input" && fresh.localName === "input") {
      if (old.defaultChecked === fresh.defaultChecked) fresh.checked = old.checked;
      if (old.defaultValue === fresh.defaultValue && old.type !== "file") fresh.value = old.value;
    }
    if (old.localName === "option" && fresh.localName === "option" && old.defaultSelected === fresh.defaultSelected) {
      fresh.selected = old.selected;
    }
    return true;
  }

  // patchHead follows the head but for scripts, which have not changed, and style
  // sheets, which are swapped. Elements that stay are not touched.
  function patchHead(page) {
    if (document.title !== page.title) document.title = page.title;
    const followed = (e) => !["script", "title", "base"].includes(e.localName) && !isSheet(e) && !ours(e);
    const fresh = [...page.head.children].filter(followed);
    const left = new Map();
    for (const e of fresh) left.set(e.outerHTML, (left.get(e.outerHTML) || 0) + 1);
    for (const e of [...document.head.children].filter(followed)) {
      const n = left.get(e.outerHTML) || 0;
      if (n > 0) left.set(e.outerHTML, n - 1);
      else if (!e.dataset.etagereKeep) e.remove();
    }
    for (const e of fresh) {
      const n = left.get(e.outerHTML);
      if (n <= 0) continue;
      left.set(e.outerHTML, n - 1);
      document.head.append(document.importNode(e, true));
    }
  }

  // ---- Style sheets and images ------------------------------------------

  const isSheet = (e) => e.localName === "link" && e.relList.contains("stylesheet") && e.hasAttribute("href");

  const sheets = (root) => [...root.querySelectorAll("link")].filter((l) => isSheet(l) && !l.dataset.etagereOld);

  // swap puts the style sheets of the page as it is now in the place of ours.
  async function swap() {
    const fresh = await fetchPage();
    if (!fresh) return false;
    const style = fresh.script.dataset.style;
    if (sheets(document).length !== sheets(fresh.page).length) return false;
    await swapSheets(document, fresh.page, style);
    mine.style = style;
    return true;
  }

  // swapSheets replaces sheets by place, each old one staying until the new one
  // has loaded, and adds and removes those at the end.
  async function swapSheets(root, page, style) {
    const old = sheets(root), fresh = sheets(page);
    const waits = fresh.map((to, i) => (old[i] ? replace(old[i], to, style) : put(document.importNode(to), (l) => root.append(l))));
    await Promise.all(waits);
    for (const l of old.slice(fresh.length)) l.remove();
  }

  function replace(from, to, style) {
    const link = document.importNode(to);
    const url = new URL(to.getAttribute("href"), location.href);
    if (url.origin !== location.origin && url.href === from.href) return;
    // A sheet under the same name may be shown from memory, unless asked for otherwise.
    if (url.pathname === new URL(from.href).pathname) {
      url.searchParams.set("etagere", style);
      link.setAttribute("href", url.href);
    }
    from.dataset.etagereOld = "1";
    return put(link, (l) => from.after(l)).then(() => from.remove());
  }

  function put(link, where) {
    return new Promise((done) => {
      link.addEventListener("load", done);
      link.addEventListener("error", done);
      where(link);
    });
  }

  // refresh shows images and media anew whose bytes have changed under a fixed
  // name: under that name alone the browser shows what it has in memory.
  function refresh(now) {
    const changed = (value) => {
      const url = new URL(value, location.href);
      if (url.origin !== location.origin || url.pathname.includes("/_a/")) return null;
      const key = decodeURI(url.pathname), is = now.files?.[key];
      const have = url.searchParams.get("etagere") ?? first?.[key];
      if (is === undefined || is === have) return null;
      url.searchParams.set("etagere", is);
      return url.href;
    };
    for (const e of document.querySelectorAll("[src], [poster], object[data]")) {
      if (e.localName === "script" || e.localName === "iframe") continue;
      for (const a of ["src", "poster", "data"]) {
        const to = e.hasAttribute(a) && changed(e.getAttribute(a));
        if (to) e.setAttribute(a, to);
      }
    }
    for (const e of document.querySelectorAll("[srcset]")) {
      e.srcset = e.srcset.split(",").map((c) => {
        const [url, ...rest] = c.trim().split(/\s+/);
        return [url && changed(url) || url, ...rest].join(" ");
      }).join(", ");
    }
    for (const e of document.querySelectorAll('[style*="url("]')) {
      e.style.cssText = e.style.cssText.replace(/url\((["']?)(.*?)\1\)/g, (all, q, url) => {
        const to = changed(url);
        return to ? `url("${to}")` : all;
      });
    }
  }

  // ---- Problems over the page -------------------------------------------

  let shown = "", dismissed = "";

  async function showProblems(state) {
    if (state.problems === shown) return;
    shown = state.problems;
    if (!state.problems) return remove();
    let list;
    try {
      list = (await (await fetch(new URL("problems", home))).json()).problems;
    } catch { shown = ""; return; }
    if (shown !== state.problems) return; // a newer state came meanwhile
    const errors = list.filter((p) => p.severity === "error");
    const warnings = list.filter((p) => p.severity !== "error");
    if (warnings.length) {
      console.groupCollapsed(`étagère: ${warnings.length} warning${warnings.length > 1 ? "s" : ""}`);
      for (const p of warnings) console.log(`${place(p)}: ${p.message}${p.hint ? ` (${p.hint})` : ""}`);
      console.groupEnd();
    }
    remove();
    if (errors.length && dismissed !== shown) overlay(errors);
  }

  const place = (p) => [p.file, p.line || null, p.col || null].filter(Boolean).join(":");

  function remove() {
    document.querySelector("etagere-problems")?.remove();
  }

  function make(tag, cls, text) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  // lay puts an element of ours over the page, out of reach of its styles.
  function lay(tag, style, content) {
    const host = make(tag);
    const root = host.attachShadow({ mode: "open" });
    const css = new CSSStyleSheet(); // a strict policy allows it, unlike a style element
    css.replaceSync(style);
    root.adoptedStyleSheets = [css];
    root.append(content);
    (document.body || document.documentElement).append(host);
    return host;
  }

  function overlay(errors) {
    const box = make("section");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Problems");
    const head = make("header");
    head.append(make("h2", "", errors.length === 1 ? "1 error" : `${errors.length} errors`));
    const close = make("button", "", "Hide");
    close.type = "button";
    close.addEventListener("click", () => { dismissed = shown; remove(); });
    head.append(close);
    const list = make("ol");
    for (const p of errors) list.append(item(p));
    box.append(head, list);
    lay("etagere-problems", STYLE, box);
  }

  function item(p) {
    const li = make("li");
    li.append(make("p", "place", place(p)), make("p", "message", p.message));
    if (p.source) {
      const pre = make("pre");
      const chars = Array.from(p.source), from = Math.max(0, p.col - 1 - p.skip);
      const to = p.col ? from + Math.max(1, p.width) : from;
      pre.append(chars.slice(0, from).join(""), make("mark", "", chars.slice(from, to).join("") || " "), chars.slice(to).join(""));
      li.append(pre);
    }
    if (p.hint) li.append(make("p", "hint", p.hint));
    return li;
  }

  const STYLE = `
    :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; color-scheme: light dark; }
    section { box-sizing: border-box; max-height: 60vh; overflow: auto; margin: 0 auto; max-width: 60rem;
      padding: 1rem 1.25rem; font: 15px/1.5 system-ui, sans-serif; border-radius: 10px 10px 0 0;
      color: light-dark(#222, #eee); background: light-dark(#fff, #1c1c1f);
      border-top: 4px solid #c92a2a; box-shadow: 0 -4px 24px rgb(0 0 0 / .35); }
    header { display: flex; justify-content: space-between; align-items: center; }
    h2 { margin: 0; font-size: 1rem; color: light-dark(#c92a2a, #ff8787); }
    button { font: inherit; padding: .1rem .7rem; cursor: pointer; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { margin-top: .8rem; }
    p { margin: 0; overflow-wrap: anywhere; }
    .place { font: 13px/1.5 ui-monospace, monospace; color: light-dark(#555, #aaa); }
    .message { font-weight: 600; }
    .hint { color: light-dark(#1862a8, #8ec5ff); }
    pre { margin: .3rem 0; padding: .4rem .6rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace;
      background: light-dark(#f3f3f5, #2a2a2e); border-radius: 6px; }
    mark { color: inherit; background: none; text-decoration: underline wavy #e03131; text-underline-offset: 3px; }
    @media print { :host { display: none; } }`;

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    if (document.querySelector("etagere-problems")) { dismissed = shown; remove(); }
  });

  // ---- Where the server is gone ------------------------------------------

  const LOST = `
    :host { all: initial; position: fixed; inset: auto auto .75rem .75rem; z-index: 2147483646; color-scheme: light dark; }
    p { margin: 0; padding: .2rem .7rem; font: 13px/1.5 system-ui, sans-serif; border-radius: 999px;
      color: light-dark(#555, #bbb); background: light-dark(#f3f3f5, #2a2a2e); box-shadow: 0 1px 4px rgb(0 0 0 / .25); }
    @media print { :host { display: none; } }`;

  let lost = false;

  function showLost(now) {
    if (now === lost) return;
    lost = now;
    document.querySelector("etagere-lost")?.remove();
    if (!lost) return;
    const p = make("p", "", "étagère does not answer");
    p.setAttribute("role", "status");
    lay("etagere-lost", LOST, p);
  }

  // ---- The stream, and the tabs that share it ----------------------------

  let source = null, release = null, again = 0, redo = 0, tries = 0, since = 0, pulse = 0, watchdog = 0;
  const tabs = new Map(); // the other tabs, by id; known to the one that leads

  const post = (message) => channel?.postMessage({ ...message, id });

  function connect() {
    source?.close();
    clearTimeout(again);
    const pages = new Set([path, ...tabs.values()]);
    const query = [...pages].map((p) => "page=" + encodeURIComponent(p)).join("&");
    source = new EventSource(new URL("events?" + query, home));
    source.onopen = () => {
      tries = 0;
      post({ kind: "found" });
      showLost(false);
    };
    source.onmessage = (e) => {
      const state = JSON.parse(e.data);
      post({ kind: "state", state });
      take(state);
    };
    // The browser would try again at once and, after a refusal, never: we do, more
    // and more slowly, and say so when it takes long.
    source.onerror = () => {
      source?.close();
      clearTimeout(again);
      again = setTimeout(connect, Math.min(10000, 250 * 2 ** tries) * (0.75 + Math.random() / 2));
      if (++tries > 3) {
        post({ kind: "lost" });
        showLost(true);
      }
    };
  }

  // hurry tries again now that there is a reason to hope.
  function hurry() {
    if (source && source.readyState === EventSource.CLOSED) connect();
  }

  function lead() {
    since = Date.now();
    post({ kind: "who" });
    connect();
  }

  // The tab that holds the lock leads; the others wait for it. Browsers have
  // locks in secure contexts only: elsewhere (plain HTTP from another machine)
  // tabs agree by talking.
  function start() {
    if (!channel) return connect();
    post({ kind: "here", page: path });
    if (!navigator.locks) return agree();
    const waiting = new AbortController();
    release = () => waiting.abort();
    navigator.locks.request(name, { signal: waiting.signal }, () => {
      const held = new Promise((done) => { release = done; });
      lead();
      return held;
    }).catch(() => {});
  }

  // agree leads unless another tab says that it does. The one that began last
  // goes on where two do, so that a tab that sleeps does not keep the others waiting.
  function agree() {
    pulse = setInterval(() => { if (source) post({ kind: "leads", since }); }, 2000);
    post({ kind: "leader?" });
    expect(400);
  }

  function expect(time) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { if (!source) lead(); }, time + Math.random() * 200);
  }

  function agreed(data) {
    if (data.kind === "leader?" && source) post({ kind: "leads", since });
    if (data.kind === "left" && !source) expect(0);
    if (data.kind !== "leads") return;
    if (!source) return expect(6000);
    if (data.since > since || data.since === since && data.id > id) {
      source.close();
      source = null;
      post({ kind: "here", page: path });
      expect(6000);
    }
  }

  function stop() {
    post({ kind: "gone" });
    if (source) post({ kind: "left" });
    source?.close();
    source = null;
    clearTimeout(again);
    clearTimeout(watchdog);
    clearInterval(pulse);
    release?.();
    release = null;
  }

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.kind === "state") { showLost(false); take(data.state); }
      if (data.kind === "lost" || data.kind === "found") showLost(data.kind === "lost");
      if (data.kind === "who") post({ kind: "here", page: path });
      if (!navigator.locks) agreed(data);
      if (!source || (data.kind !== "here" && data.kind !== "gone")) return;
      if (data.kind === "gone") {
        tabs.delete(data.id); // its page may be rendered once more in vain
        return;
      }
      // A tab that has come needs a state, which a new connection is greeted with.
      tabs.set(data.id, data.page);
      clearTimeout(redo);
      redo = setTimeout(() => { if (source) connect(); }, 50);
    };
  }

  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
  // A page in the back-forward cache holds no lock and no stream.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (e) => { if (e.persisted) start(); });
  start();
})();
